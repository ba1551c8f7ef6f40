import type { Cargo } from './baggage.js';

// No program has a key of this name by chance.
const KEY = 'throughline:message:5f1d0c2e';

/**
 * What goes over a channel whose other end opens it: the program's message, and what goes along. It is
 * only ever sent to a side that has said that it opens envelopes.
 */
export interface Envelope {
  /** The program's message; absent when the runtime speaks for itself. */
  readonly value?: unknown;
  readonly cargo?: Cargo | undefined;
  /** The sender opens envelopes too. */
  readonly hello?: true;
  /** This end goes elsewhere: the other one must not send envelopes any more. */
  readonly bye?: true;
  /** What the receiver's thread starts from. */
  readonly start?: Cargo;
  /** Which of the transferred ports have another end that opens envelopes. */
  readonly ports?: readonly number[];
}

export function sealed(envelope: Envelope): unknown {
  return { [KEY]: envelope };
}

/** What is in an envelope; undefined for a plain message. */
export function opened(message: unknown): Envelope | undefined {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, KEY)) {
    return undefined;
  }
  const envelope = (message as Record<string, unknown>)[KEY];
  return typeof envelope === 'object' && envelope !== null ? (envelope as Envelope) : undefined;
}
