import { onCarriedSlot, changeStartFrame } from '../kernel/index.js';
import { unpack, unpackSlot } from './baggage.js';
import type { Baggage } from './baggage.js';

/** Makes this thread start from the slots of its creator, also those that are registered later. */
export function startFromCreator(baggage: Baggage): void {
  changeStartFrame(() => unpack(baggage));
  onCarriedSlot((token) => changeStartFrame((start) => unpackSlot(start, token, baggage)));
}
