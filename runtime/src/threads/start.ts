import { onCarrier, startsFrom } from '../kernel/index.js';
import { unpack, unpackSlot } from './baggage.js';
import type { Cargo } from './baggage.js';

/** What the slots of this thread's creator were. */
export function creatorSent(cargo: Cargo): void {
  startsFrom(() => unpack(cargo));
  onCarrier((token) => startsFrom((start) => unpackSlot(start, token, cargo)));
}
