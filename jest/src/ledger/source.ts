// What the ledger is told by the program it watches. The runtime is one such source
// (`@throughline/runtime/ledger`); nothing here knows of it, of a test runner, or of Node.

import type { Place } from './task.js';

/** A spawn point, as the plugin wrote it down. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `"timer"`, `"promise"`, `"listener"`, `"async"` … */
  readonly kind: string;
  /** What was called there: `"setTimeout"`, `"then"`, the name of an async function. */
  readonly name: string;
  /** Where an async function was called, as far as that is known. */
  readonly calledAt?: Place;
}

/** The spawn points that led to where the program is. Opaque; whoever gave it can read it. */
export type Cause = object;

/** Where something failed or runs: its cause, and the values of its slots. */
export interface Context {
  readonly cause: Cause | undefined;
  get<T>(slot: Slot<T>): T;
}

/** Names a value that follows causality. Opaque. */
export interface Slot<T> {
  readonly type?: T;
}

/** A listener that was added, or taken away. */
export interface Listening {
  readonly target: object;
  readonly name: unknown;
  readonly listener: unknown;
  /** What `addEventListener` was given after it. */
  readonly options?: unknown;
}

/** Is told what compiled code does. Must be quick, and must not throw. */
export interface Observer {
  /** An async function was called; told in the frame of what it does. */
  called?(cause: Cause): void;
  /** One that waits was called. `activation` stands for this one call of it. */
  started?(activation: object, cause: Cause): void;
  /** It has returned or thrown. */
  ended?(activation: object): void;
  /** A listener is about to be added: told in the frame that is kept for it. */
  listening?(): void;
  listened?(listening: Listening, cause: Cause): void;
  unlistened?(listening: Listening): void;
}

export interface Source {
  /** Has everything told to an observer, until the returned function is called. */
  observe(observer: Observer): () => void;
  currentCause(): Cause | undefined;
  /** The spawn points, the latest first, each with the cause that goes on from there. */
  stepsOf(cause: Cause | undefined): { readonly site: Site; readonly cause: Cause }[];
  /** Of the strand whose promise this is. Undefined for a promise that compiled code did not make. */
  contextOf(promise: object): Context | undefined;
  /** Of the running strand, if it had awaited a promise that has settled. */
  contextAfter(promise: object): Context | undefined;
  /** Of the strand that threw last, when nothing caught it. */
  contextOfLastFailure(): Context | undefined;

  /** `join` says what a strand sees that took in another one. */
  register<T>(initial: T, join?: (mine: T, theirs: T) => T): Slot<T>;
  get<T>(slot: Slot<T>): T;
  set<T>(slot: Slot<T>, value: T): void;
  /** Runs a function from root with a slot set: nothing else of where it is called is seen there. */
  runWith<T, R>(slot: Slot<T>, value: T, fn: () => R): R;
}
