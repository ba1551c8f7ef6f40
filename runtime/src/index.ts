import { core } from './core.js';

export const { register, getLocal, setLocal, getSpawnCallback, snapshot, wrap } = core;

export { ThroughlineError } from './complain.js';
export type { RuntimeErrorCode } from './complain.js';
export type { Snapshot, SpawnCallback } from './spawn.js';
export type { SlotCallbacks, Token } from './token.js';
