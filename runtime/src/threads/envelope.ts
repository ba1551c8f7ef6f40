import type { Baggage } from './baggage.js';

// Long enough that no program has a key of this name by chance.
const KEY = 'throughline:message:5f1d0c2e';

/**
 * A message between two runtimes: the program's message together with baggage. Sent only to a side that has
 * announced that it opens envelopes.
 */
export interface Envelope {
  /** The program's message; absent if the envelope is only for the runtime. */
  readonly value?: unknown;
  /** The sender's slots. */
  readonly baggage?: Baggage | undefined;
  /** The sender opens envelopes too. */
  readonly hello?: true;
  /** This end is transferred: the other one must not send envelopes any more. */
  readonly bye?: true;
  /** The slots that the receiver's thread starts from. */
  readonly start?: Baggage;
  /** The indexes of the transferred ports whose other end opens envelopes. */
  readonly ports?: readonly number[];
}

/** Returns the message to post for an envelope. */
export function sealEnvelope(envelope: Envelope): unknown {
  return { [KEY]: envelope };
}

/** Returns the envelope in a message, or undefined for a plain message. */
export function openEnvelope(message: unknown): Envelope | undefined {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, KEY)) {
    return undefined;
  }
  const envelope = (message as Record<string, unknown>)[KEY];
  return typeof envelope === 'object' && envelope !== null ? (envelope as Envelope) : undefined;
}
