import type { EventSink, FileReport, FileWatch, Owner } from '@throughline/ledger';
import type { Provided } from '../provided.js';
import type { Task } from '../tasks.js';

/** Callbacks for what happens outside of tests and hooks. */
export interface Told {
  /** A console method was called. Called for every call, before it prints. */
  logged(method: string, text: string): void;
  /** Returns true while the running code belongs to a test that is over. */
  isLate(): boolean;
  /** An error was not caught, or a promise not handled. Returns the name of the test that it belongs to, if known. */
  failed(error: unknown, promise: object | undefined): string | undefined;
  /** A rejection was handled after all. */
  handled(promise: object): void;
}

/** What differs between Node and browsers. */
export interface Platform {
  /** Returns the path of the test file that is about to be loaded. */
  testPath(): string;
  /** Returns a function that turns an address in a stack into a path, where stacks have addresses. */
  pathInStack?(provided: Provided): (address: string) => string;
  readText(path: string): string | Promise<string>;
  /** Makes the engine carry owners through code that is not instrumented, where it can. */
  openBridge(): void;
  /** Runs a body so that the engine knows its owner, where it can. */
  runAs<R>(owner: Owner, body: () => R): R;
  /** The owner of the running code, as the engine knows it: for errors of code that is not instrumented. */
  engineOwner(): Owner | undefined;
  watchConsole(told: Told): void;
  watchFailures(told: Told): void;
  /** Records the handles that are opened. */
  watchHandles(watch: FileWatch, collecting: () => Owner | undefined): Handles;
  /** The objects that outlive every test. */
  readonly lasting: readonly object[];
  eventSink(provided: Provided, testPath: string): ClosableSink | undefined;
  /** Sends findings to the process that reports. `file` is the task of the test file. */
  send(report: FileReport, file: Task | undefined): void;
}

/** A running observation of handles. */
export interface Handles {
  stop(): void;
  /** Forgets handles that are closed. */
  sweep(): void;
}

/** Where events are written, until it is closed. */
export interface ClosableSink extends EventSink {
  close(): void;
}
