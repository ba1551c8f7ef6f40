// The interface between the ledger and the program that it watches. The runtime is one such source
// (`@throughline/runtime/ledger`). Nothing here depends on it, on a test runner, or on Node.

import type { SourcePosition } from './owner.js';

/** A spawn point, as the plugin recorded it. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `"timer"`, `"promise"`, `"listener"`, `"async"` … */
  readonly kind: string;
  /** The name of the function that was called: `"setTimeout"`, `"then"`, an async function's name. */
  readonly name: string;
  /** The line that called an async function, if known. */
  readonly calledAt?: SourcePosition;
}

/** The spawn points that led to the running code. Opaque: only its creator can read it. */
export type Cause = object;

/** The context in which code runs or has failed: its cause and the values of its slots. */
export interface Context {
  readonly cause: Cause | undefined;
  get<T>(slot: Slot<T>): T;
}

/** Identifies a value that is carried along causality. Opaque. */
export interface Slot<T> {
  readonly type?: T;
}

/** A listener that was added or removed. */
export interface Listening {
  readonly target: object;
  readonly name: unknown;
  readonly listener: unknown;
  /** The options passed to `addEventListener`. */
  readonly options?: unknown;
}

/** Callbacks for what instrumented code does. They must be fast and must not throw. */
export interface Observer {
  /** Called when an async function is called, in the frame of the call. */
  called?(cause: Cause): void;
  /** Called when an async function that awaits is called. `activation` identifies the call. */
  started?(activation: object, cause: Cause): void;
  /** Called when that call has returned or thrown. */
  ended?(activation: object): void;
  /** Called before a listener is added, in the frame that is kept for it. */
  listening?(): void;
  listened?(listening: Listening, cause: Cause): void;
  unlistened?(listening: Listening): void;
}

/** A program that the ledger watches. */
export interface Source {
  /** Calls the observer for everything that happens, until the returned function is called. */
  observe(observer: Observer): () => void;
  currentCause(): Cause | undefined;
  /** Returns the spawn points of a cause, latest first, each with the cause that continues from there. */
  stepsOf(cause: Cause | undefined): { readonly site: Site; readonly cause: Cause }[];
  /** Returns the context of the strand behind a promise, or undefined for promises of uninstrumented code. */
  contextOf(promise: object): Context | undefined;
  /** Returns the context that the running strand would have after awaiting a settled promise. */
  contextAfter(promise: object): Context | undefined;
  /** Returns the context that a call has ended with, which the observer has told of by `ended`. */
  contextAtEnd(activation: object): Context | undefined;
  /** Returns the context of the strand that threw an error. Call it while the platform reports the error. */
  contextOfFailure(error: unknown): Context | undefined;

  /** Registers a slot. `join` returns the value for a strand that joins another one. */
  register<T>(initial: T, join?: (mine: T, theirs: T) => T): Slot<T>;
  get<T>(slot: Slot<T>): T;
  set<T>(slot: Slot<T>, value: T): void;
  /**
   * Runs a function with one slot set, and leaves the caller's as it is. Whether the caller's other slots are visible in
   * it is up to the source: a runner may run tests within a context of the program.
   */
  runWith<T, R>(slot: Slot<T>, value: T, fn: () => R): R;
}
