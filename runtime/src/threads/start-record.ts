import type { Baggage } from './baggage.js';

/**
 * The record that a creator leaves for its worker, as environment data. A new worker receives it, and programs
 * see only the keys that they ask for.
 */
export interface StartRecord {
  /** The slots that the worker starts from. */
  readonly baggage: Baggage | undefined;
  /** The memory that the creator shares with this worker (message-log.ts). */
  readonly memory: SharedArrayBuffer;
}
