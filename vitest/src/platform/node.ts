import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import * as runtime from '@throughline/runtime';
import { EventFile, eventFileOf, formatReport, send, watchHandles } from '@throughline/ledger/node';
import type { Owner } from '@throughline/ledger';
import type { Platform, Told } from './platform.js';

interface Worker {
  readonly filepath?: string;
  current?: { name: string; type?: string; id?: string } | undefined;
}

/** The state of Vitest's worker, which its messages about errors are made from. */
function worker(): Worker | undefined {
  return (globalThis as { __vitest_worker__?: Worker }).__vitest_worker__;
}

const owners = new AsyncLocalStorage<Owner>();

/** The part of Vitest's console that all its output goes through. */
interface Stream {
  write(chunk: unknown, ...rest: unknown[]): unknown;
}

/** The tests' realm in a thread or process of Node. */
export const node: Platform = {
  testPath: () => worker()?.filepath ?? '',
  readText: (path) => readFileSync(path, 'utf8'),
  openBridge() {
    if (process.env['THROUGHLINE_BRIDGE'] !== 'off') runtime.openBridge();
  },
  runAs: (owner, body) => owners.run(owner.scope, body),
  engineOwner: () => owners.getStore(),
  watchConsole(told) {
    const { _stdout: out, _stderr: err } = console as { _stdout?: Stream; _stderr?: Stream };
    watchStream(out, 'log', told);
    watchStream(err, 'error', told);
  },
  watchFailures,
  watchHandles(watch, collecting) {
    const handles = watchHandles(watch.ledger, {
      owner: () => watch.owner ?? collecting(),
      cause: () => watch.here(),
      positionIn: watch.stacks.first,
      chainOf: watch.origins.chainOf,
      isForeign: watch.stacks.isForeign,
      // Handles that Vitest opens while it loads a file are its own.
      ignores: (stack, { kind }) =>
        (kind === 'file' || kind === 'describe') && watch.stacks.first(stack) === undefined,
      ...(watch.slept && { slept: watch.slept }),
    });
    watch.lineHere = () => handles.lineHere();
    return handles;
  },
  lasting: [globalThis, process, ...pageObjects()],
  eventSink({ cwd, rootDir, project, events }, testPath) {
    const path = eventFileOf({ cwd, rootDir, name: project }, testPath, events);
    return path === undefined ? undefined : new EventFile(path);
  },
  send(report) {
    send(report, (one) => {
      process.stderr.write(`\n${formatReport(one, one.maxPrinted).join('\n')}`);
    });
  },
};

/** The window and the document of an environment such as jsdom. */
function pageObjects(): object[] {
  const { window, document } = globalThis as { window?: object; document?: object };
  return [window, document].filter((one) => one !== undefined);
}

/** Vitest's stack of a log begins at the caller of the console, so its methods are not wrapped. */
function watchStream(stream: Stream | undefined, otherwise: string, told: Told): void {
  if (stream === undefined) return;
  const { write } = stream;
  stream.write = function (chunk, ...rest) {
    if (told.isLate()) told.logged(calledMethod() ?? otherwise, format('%s', chunk).trimEnd());
    return Reflect.apply(write, this, [chunk, ...rest]) as unknown;
  };
}

const METHOD =
  /at (?:console|Console)\.(log|info|warn|error|debug|trace|dir|dirxml|table|assert|group\w*|count\w*|time\w*) /;

/** Returns the console method that is running. Reads a stack, so it is asked only for late logs. */
function calledMethod(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 30;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return METHOD.exec(stack)?.[1];
}

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;
const HANDLER = Symbol.for('throughline.vitest.failures');

/**
 * Sees failures before Vitest's own listener does. Further listeners would silence Vitest, so `process.emit` is
 * replaced, once for each process: in a VM the process outlives the realm, and calls the handler of the newest.
 */
function watchFailures(told: Told): void {
  const emitter = process as unknown as { emit: Emit; [HANDLER]?: (...args: unknown[]) => unknown };
  const isFirst = emitter[HANDLER] === undefined;
  emitter[HANDLER] = (event, error, promise) => {
    // The program listens itself, and Vitest then says nothing.
    if (event !== 'rejectionHandled' && process.listenerCount(event as string) > 1)
      return undefined;
    if (event === 'rejectionHandled') told.handled(error as object);
    else return told.failed(error, promise as object | undefined);
    return undefined;
  };
  if (!isFirst) return;
  const { emit } = emitter;
  emitter.emit = function (event, ...args) {
    if (!failureEvents.has(event)) return Reflect.apply(emit, this, [event, ...args]) as boolean;
    const isRejection = event === 'unhandledRejection';
    const name = emitter[HANDLER]?.(event, args[0], isRejection ? args[1] : undefined);
    const state = worker();
    if (name === undefined || state === undefined)
      return Reflect.apply(emit, this, [event, ...args]);
    // Vitest says which test was running; it was this one that failed.
    const { current } = state;
    state.current = { type: 'test', id: '', ...current, name: String(name) };
    try {
      return Reflect.apply(emit, this, [event, ...args]) as boolean;
    } finally {
      state.current = current;
    }
  };
}

const failureEvents: ReadonlySet<string | symbol> = new Set([
  ...['uncaughtException', 'unhandledRejection', 'rejectionHandled'],
]);
