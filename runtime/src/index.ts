export { contextOf } from './faces/context-of.js';
export { getLocal, register, setLocal } from './faces/slots.js';
export { getSpawnCallback, snapshot, wrap } from './faces/snapshot.js';
export { openBridge, ThroughlineError } from './kernel/index.js';

export type { Snapshot } from './faces/snapshot.js';
export type { Carry, RuntimeErrorCode, SlotCallbacks, Token } from './kernel/index.js';
