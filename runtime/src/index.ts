export { getLocal, register, setLocal } from './slots.js';
export { contextOf } from './context-of.js';
export { getSpawnCallback, snapshot, wrap } from './spawn.js';

export { ThroughlineError } from './complain.js';
export type { RuntimeErrorCode } from './complain.js';
export type { SlotCallbacks, Token } from './kernel/index.js';
export type { Snapshot, SpawnCallback } from './spawn.js';
