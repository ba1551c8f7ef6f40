import { shared } from '../kernel/index.js';
import type { Cause, Frame, Strand } from '../kernel/index.js';

/** A listener as it was added, by the function that the program gave. */
export interface Listening {
  readonly target: object;
  readonly name: unknown;
  readonly listener: unknown;
  /** What `addEventListener` was given after it. */
  readonly options?: unknown;
}

/**
 * Told of what compiled code does, in builds with causes: for those who keep books, as a test runner
 * does. Called in the frame of the code that does it; must be quick and must not throw.
 */
export interface Observer {
  /** Work is about to be handed over; whatever the platform makes next, in the same call, is its. */
  spawned?(cause: Cause): void;
  /** An async function was called: told in its own frame, in which a slot may be set. */
  called?(cause: Cause): void;
  /** An activation of an async function with awaits has begun, and is over. */
  started?(activation: Strand, cause: Cause): void;
  ended?(activation: Strand): void;
  /** A listener is about to be added: told in the frame that is kept for it, in which a slot may be set. */
  listening?(): void;
  /** It was added. */
  listened?(listening: Listening, cause: Cause): void;
  unlistened?(listening: Listening): void;
}

/** The one observer of this realm. */
export const observed = shared('observer', { by: undefined as Observer | undefined });

/** Makes it the one that is told; returns how to go back to the one before. */
export function observe(observer: Observer): () => void {
  const before = observed.by;
  observed.by = observer;
  return () => (observed.by = before);
}

export type { Cause, Frame, Strand as Activation };
