import { setCurrentFrame } from '../current.js';
import { LateFrame } from '../frame.js';
import { onCarrier } from '../token.js';
import { unpack, unpackSlot } from './cargo.js';
import type { Cargo } from './cargo.js';

/**
 * What this thread starts from. Its modules are evaluated in it, so that all they register starts from
 * there too, even where the creator's slots become known, or are registered, only later.
 */
const start = new LateFrame([]);

/** Makes the evaluation of this thread's modules start from the slots of its creator. */
export function startHere(): void {
  setCurrentFrame(start);
}

/** What the creator's slots were. */
export function creatorSent(cargo: Cargo): void {
  start.become(unpack(cargo));
  onCarrier((token) => start.become(unpackSlot(start, token, cargo)));
}
