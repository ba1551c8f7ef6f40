import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JestEnvironment } from '@jest/environment';
import type { Circus, Config } from '@jest/types';
import {
  causalMatchers,
  FileWatch,
  OwnFrames,
  runtimeSource,
  StackReader,
} from '@throughline/ledger';
import type { Owner, Policy } from '@throughline/ledger';
import { EventFile, formatReport, send, watchHandles } from '@throughline/ledger/node';
import type { HandleWatch } from '@throughline/ledger/node';
import { RUNTIME_DIR } from '../realm.js';
import type { LoadedRealm } from '../realm.js';
import { blame, circusEntryOf, testsOf } from './blame.js';
import { wrapBody } from './bodies.js';
import type { Body } from './bodies.js';
import { CircusOwners } from './circus-owners.js';
import { watchConsole } from './console.js';
import { isOfFinishedFile, keepAfterEnd, listenForFailures } from './finished-files.js';
import { EarlyTests, isOlder, OlderCircus } from './older-circus.js';

/** The inputs for watching the tests of one file. */
export interface Watched {
  readonly environment: JestEnvironment<unknown>;
  readonly config: Config.ProjectConfig;
  readonly testPath: string;
  readonly realm: LoadedRealm;
  /** The path of the file for the tests' events, if they are written. */
  readonly eventFile: string | undefined;
  readonly policy: Policy;
}

type Runnable = Circus.TestEntry | Circus.Hook;
type Handler<N extends Circus.Event['name'] = Circus.Event['name']> = (
  event: Extract<Circus.Event, { name: N }>,
  state: Circus.State,
) => void | Promise<void>;

// Read once, because a test may replace the global.
const { setTimeout: sleep } = globalThis;

/** The folders of our packages, as they stand in stacks: those of built files, and of the sources behind them. */
const OWN_FOLDERS = [RUNTIME_DIR, own('.'), own('@throughline/ledger')].flatMap((dist) => {
  const folder = dist.slice(0, dist.lastIndexOf('dist'));
  return [`${folder}dist${sep}`, `${folder}src${sep}`];
});
const frames = new OwnFrames(OWN_FOLDERS);

/** Watches the tests of a file, as Circus tells of them, until the environment is torn down. */
export class CircusWatch {
  readonly #watch: FileWatch;
  readonly #owners: CircusOwners;
  readonly #eventFile: EventFile | undefined;
  readonly #stacks: StackReader;
  /** The functions of tests and hooks, as they are written, while a wrapper stands for them. */
  readonly #bodies = new WeakMap<Runnable, Runnable['fn']>();
  #handles: HandleWatch | undefined;
  #random: (() => number) | undefined;
  /** Set where Circus is that of Jest 29. */
  #older: OlderCircus | undefined;
  readonly #early = new EarlyTests(
    (test, body) => {
      const owner = this.#owners.test(test);
      this.#watch.begin(test, owner);
      return this.#runAs(owner, body);
    },
    (test) => {
      this.#watch.end(test);
      this.#owners.test(test).close();
    },
  );
  /** The block whose body is running, while tests and hooks are being collected. */
  #collecting: Owner | undefined;

  constructor(private readonly watched: Watched) {
    const { config, testPath, realm, policy, eventFile } = watched;
    const { rootDir, cwd } = config;
    const name = relative(cwd, testPath).replaceAll('\\', '/');
    const stacks = new StackReader(cwd, [RUNTIME_DIR]);
    const owners = new CircusOwners(name, stacks.first);
    this.#stacks = stacks;
    this.#owners = owners;
    this.#collecting = owners.file;
    this.#eventFile = eventFile === undefined ? undefined : new EventFile(eventFile);
    this.#watch = new FileWatch({
      source: runtimeSource(realm),
      tracing: realm.ledger,
      ...{ name, cwd, stacks, policy },
      eventSink: this.#eventFile,
      results: {
        errorsOf: (owner) => owners.testOf(owner)?.errors,
        fail: (owner, error) => void owners.testOf(owner)?.errors.push(error),
        send: (findings) =>
          send({ testPath, rootDir, cwd, ...findings }, (report) => {
            process.stderr.write(`\n${formatReport(report, report.maxPrinted).join('\n')}`);
            if (report.failing.length > 0) process.exitCode = 1;
          }),
      },
    });
    const { failures } = this.#watch;
    keepAfterEnd(
      (error, promise) =>
        policy.isWanted(promise ? 'rejection' : 'exception') && failures.noteLate(error, promise),
      realm.helpers,
    );
  }

  begin(): void {
    const { environment, realm } = this.watched;
    const watch = this.#watch;
    const global = environment.global as Record<string, unknown>;
    this.#random = (global['Math'] as { random: () => number } | undefined)?.random;
    for (const target of [realm.global, global['process'], global['document']]) {
      // A document belongs to jsdom's realm and is not an instance of this realm's `Object`.
      if (typeof target === 'object' && target !== null) watch.ledger.markLasting(target);
    }
    // Until the realm is gone: what comes after the file has its lines from this as well.
    watch.observe();
    const handles = this.#watchHandles('document' in global);
    this.#handles = handles;
    watch.lineHere = () => handles.lineHere();
    watchConsole(
      global['console'],
      () => watch.owner?.isOver ?? false,
      (what, message) => watch.noteLog(what, message),
    );

    const handle = environment.handleTestEvent?.bind(environment);
    environment.handleTestEvent = ((event: Circus.Event, state: Circus.State) => {
      const waited = (this.#handlers[event.name] as Handler | undefined)?.(event as never, state);
      // Each test has a dozen events, so a promise is created only when a handler returns one.
      const next = () => handle?.(event as Circus.AsyncEvent, state);
      return waited ? waited.then(next) : next();
    }) as NonNullable<typeof environment.handleTestEvent>;

    const teardown = environment.teardown.bind(environment);
    environment.teardown = async () => {
      handles.stop();
      try {
        await teardown();
      } finally {
        listenForFailures();
        // Jest 29 then has no source maps of the file.
        if (this.#older) this.#stacks.stop();
        this.#eventFile?.close();
      }
    };
  }

  /** Records that a file was loaded after the test file was over. */
  noteLateRequire(): void {
    const { owner, incidents } = this.#watch;
    if (owner === undefined) return;
    const cause = this.#watch.here();
    incidents.record({ kind: 'late-require', what: 'a file', owner, cause });
  }

  readonly #handlers: { readonly [N in Circus.Event['name']]?: Handler<N> } = {
    setup: ({ runtimeGlobals, parentProcess }, state) => {
      this.#watchExpect(runtimeGlobals);
      if (!isOlder(state)) return;
      this.#older = new OlderCircus(parentProcess, (promise) => this.#noteHandled(promise, state));
    },
    teardown: () => this.#older?.stop(),
    start_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    finish_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    run_start: (_event, { rootDescribeBlock }) => {
      this.#collecting = undefined;
      if (this.#older) this.#early.prepare(rootDescribeBlock);
    },
    hook_start: ({ hook }, { currentlyRunningTest }) => {
      if (this.#owners.isJests(hook)) return;
      this.#enter(hook, this.#owners.hook(hook, currentlyRunningTest ?? undefined));
    },
    hook_success: ({ hook }) => this.#watch.end(hook),
    hook_failure: ({ hook, error }) => {
      frames.hide(error);
      this.#watch.end(hook);
    },
    test_start: ({ test }) => {
      if (this.#early.start(test)) this.#owners.test(test).reopen();
    },
    test_fn_start: ({ test }) => {
      if (this.#early.start(test)) this.#enter(test, this.#owners.test(test));
    },
    test_fn_failure: ({ error }) => frames.hide(error),
    test_done: ({ test }) => {
      const owner = this.#owners.test(test);
      this.#leave(test);
      owner.close();
      this.#watch.noteFakeTimers(owner, () => this.#fakeTimers());
      this.#watch.events.endRun(owner, test.errors);
      this.#handles?.sweep();
    },
    run_describe_finish: ({ describeBlock }) => this.#owners.block(describeBlock).close(),
    error: ({ error, promise }, state) => {
      this.#noteFailure(error, promise ?? this.#older?.takePromise(), state);
      frames.hide(error);
    },
    error_handled: ({ promise }, state) => this.#noteHandled(promise, state),
    run_finish: () => this.#settle(),
  };

  /** Replaces `expect`, both the global and the export of '@jest/globals'. */
  #watchExpect(globals: { expect: unknown }): void {
    const { environment, config } = this.watched;
    const { events, expectations } = this.#watch;
    const expect = globals.expect as { extend(matchers: object): void };
    expect.extend(causalMatchers(() => events.current));
    globals.expect = expectations.watched(expect);
    if (config.injectGlobals) {
      (environment.global as Record<string, unknown>)['expect'] = globals.expect;
    }
  }

  #collect(block: Circus.DescribeBlock): void {
    if (this.#collecting) this.#collecting = this.#owners.block(block);
  }

  /** Makes a test or a hook run in a frame that carries its current owner. A hook runs as many. */
  #enter(entry: Runnable, owner: Owner): void {
    const watch = this.#watch;
    watch.begin(entry, owner);
    if (this.#bodies.has(entry)) return;
    const { fn } = entry;
    this.#bodies.set(entry, fn);
    const run = (body: () => unknown) => this.#runAs(watch.runningAs(entry), body, fn);
    const isDone = (): void => watch.events.noteDone(watch.runningAs(entry));
    entry.fn = wrapBody(run, fn as Body, isDone) as Circus.TestEntry['fn'] & Circus.Hook['fn'];
  }

  /** Forgets the wrapper of a test: there may be ten thousand of them. */
  #leave(test: Circus.TestEntry): void {
    this.#watch.end(test);
    const fn = this.#bodies.get(test);
    if (fn) test.fn = fn as Circus.TestFn;
    this.#bodies.delete(test);
  }

  #runAs(owner: Owner | undefined, body: () => unknown, of?: unknown): unknown {
    const run = (): unknown => this.#watch.run(owner, body, of);
    return this.#older ? this.#older.run(owner, run) : run();
  }

  #noteFailure(error: unknown, promise: object | undefined, state: Circus.State): void {
    const owner = this.#watch.failures.note(error, promise, () => {
      if (isOfFinishedFile(error, promise)) {
        blame(undefined, error, promise, state);
        return undefined;
      }
      if (this.#older?.owner) return this.#older.owner;
      const entry = circusEntryOf(error, promise, state);
      return entry && this.#owners.ownerOf(entry);
    });
    const guilty = owner && this.#owners.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }

  /** Drops a rejection that is handled after all, unless Jest has already failed a test for it. */
  #noteHandled(promise: object, state: Circus.State): void {
    const { failures } = this.#watch;
    const error = failures.errorOf(promise);
    const isFailed = testsOf(state).some(({ errors }) => errors.flat().includes(error as Error));
    if (!isFailed) failures.drop(promise);
  }

  /** Returns the number of fake timers that have not run out. */
  #fakeTimers(): number {
    const { fakeTimers, fakeTimersModern } = this.watched.environment as FakeTimers;
    const isModern = fakeTimersModern?._fakingTime === true;
    // Asked while they are not in use, they print a warning.
    if (isModern) return fakeTimersModern.getTimerCount();
    return isFake(this.watched.environment.global) ? (fakeTimers?.getTimerCount() ?? 0) : 0;
  }

  #watchHandles(isWindow: boolean): HandleWatch {
    const { ledger, origins } = this.#watch;
    return watchHandles(ledger, {
      owner: () => origins.owner ?? this.#collecting,
      cause: () => origins.here(),
      positionIn: this.#stacks.first,
      chainOf: origins.chainOf,
      // What jsdom opens is known by its frames.
      ...(!isWindow && { isForeign: this.#stacks.isForeign }),
      ignores: (stack, { kind }) => {
        // A window clears its timers when it closes.
        if (isWindow && /[\\/]jsdom[\\/]lib[\\/]/.test(stack)) return true;
        // Handles that Jest opens while it loads a file are its own.
        return (kind === 'file' || kind === 'describe') && this.#stacks.first(stack) === undefined;
      },
      ...(this.#watch.slept && { slept: this.#watch.slept }),
    });
  }

  /** Collects the findings at the last moment at which a test can still be failed. */
  async #settle(): Promise<void> {
    this.#owners.file.close();
    // A test may have left a mock in its place, and to read a stack sorts a source map by chance.
    const { Math: math } = this.watched.environment.global as { Math?: { random: () => number } };
    if (math) math.random = this.#random ?? math.random;
    await this.#watch.waitForHandles((ms) => new Promise((resolve) => sleep(resolve, ms)));
    this.#watch.settle();
  }
}

/** The fake timers of an environment: Jest's older ones, and those of Sinon. */
interface FakeTimers {
  readonly fakeTimers?: { getTimerCount(): number } | null;
  readonly fakeTimersModern?: { readonly _fakingTime?: boolean; getTimerCount(): number } | null;
}

/** Returns true while the older fake timers are in use: they are mocks. */
function isFake({ setTimeout }: { setTimeout?: unknown }): boolean {
  return Object.hasOwn(Object(setTimeout) as object, '_isMockFunction');
}

/** Returns the built folder of one of our packages: this one, or one that it depends on. */
function own(name: string): string {
  return name === '.'
    ? fileURLToPath(new URL('..', import.meta.url))
    : createRequire(import.meta.url).resolve(name);
}
