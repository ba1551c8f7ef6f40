import type { Cargo } from './cargo.js';

const KEY = 'throughline:message';

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
  return (message as Record<string, Envelope>)[KEY];
}
