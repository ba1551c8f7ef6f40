import type { Cargo } from './baggage.js';

/**
 * What a creator leaves for its worker. Environment data goes along when a worker is made, and no
 * program sees what it does not ask for.
 */
export interface StartRecord {
  readonly cargo: Cargo | undefined;
  /** The ledger of the creator and this one worker. */
  readonly memory: SharedArrayBuffer;
}
