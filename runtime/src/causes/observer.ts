import { shared } from '../kernel/index.js';
import type { Cause, Frame, Strand } from '../kernel/index.js';

/** One listener registration, with the function that the program passed. */
export interface Listening {
  readonly target: object;
  /** The event's name or type. */
  readonly name: unknown;
  readonly listener: unknown;
  /** The third argument of `addEventListener`. */
  readonly options?: unknown;
}

/**
 * Receives what instrumented code does, in builds with causes. For tools that keep track of a program, such as
 * test runners. Every method is called in the frame of the code that acts; it must be quick and must not throw.
 */
export interface Observer {
  /** Work is about to be spawned. Resources that the platform makes in the same call belong to it. */
  spawned?(cause: Cause): void;
  /** An async function was called. Runs in the function's own frame, where a slot may be set. */
  called?(cause: Cause): void;
  /** A callback that was passed to uninstrumented code runs; `site` is the number of its place. */
  woke?(site: number): void;
  /** An activation of an async function with awaits has begun. */
  started?(activation: Strand, cause: Cause): void;
  /** An activation of an async function with awaits is about to end. Runs in its frame, where a slot may be set. */
  ending?(activation: Strand): void;
  /** An activation of an async function with awaits has ended. */
  ended?(activation: Strand): void;
  /** A listener is about to be added. Runs in the frame that is captured for it, where a slot may be set. */
  listening?(): void;
  /** A listener was added. */
  listened?(listening: Listening, cause: Cause): void;
  /** A listener is about to be removed. */
  unlistened?(listening: Listening): void;
}

/** The one observer of this realm. */
export const observed = shared('observer', { by: undefined as Observer | undefined });

/** Installs `observer` in place of the one before. Returns a function that restores that one. */
export function observe(observer: Observer): () => void {
  const before = observed.by;
  observed.by = observer;
  return () => (observed.by = before);
}

export type { Cause, Frame, Strand as Activation };
