import { relative } from 'node:path';
import type { JestEnvironment } from '@jest/environment';
import type { Circus, Config } from '@jest/types';
import { EventFile } from '../events/event-file.js';
import { Events } from '../events/events.js';
import { Ledger, watchHandles } from '../ledger/index.js';
import type { Cause, Observer, Source, Owner } from '../ledger/index.js';
import type { Policy } from '../policy.js';
import { RUNTIME_DIR } from '../realm.js';
import type { Realm } from '../realm.js';
import { StackReader } from '../stack-reader.js';
import { wrapBody } from './bodies.js';
import type { Body } from './bodies.js';
import { CircusOwners } from './circus-owners.js';
import { watchConsole } from './console.js';
import { Expectations } from './expectations.js';
import { Failures } from './failures.js';
import { Incidents } from './incidents.js';
import { Origins } from './origins.js';
import { hideOwnFrames } from './own-frames.js';
import { Outcome } from './outcome.js';

/** The inputs for watching the tests of one file. */
export interface Watched {
  readonly environment: JestEnvironment<unknown>;
  readonly config: Config.ProjectConfig;
  readonly testPath: string;
  readonly source: Source;
  /** The runtime's entry for observers, in the tests' realm. */
  readonly tracing: Realm['ledger'];
  /** The file for the tests' events, if they are written. */
  readonly eventFile: string | undefined;
  readonly policy: Policy;
  /** The tests' global object. */
  readonly global: object;
}

type Runnable = Circus.TestEntry | Circus.Hook;
type Handler<N extends Circus.Event['name'] = Circus.Event['name']> = (
  event: Extract<Circus.Event, { name: N }>,
  state: Circus.State,
) => void | Promise<void>;

// Read once, because a test may replace the global.
const { setTimeout: sleep } = globalThis;

/** Watches a test file until its environment is torn down. */
export function watch(watched: Watched): void {
  new FileWatch(watched).begin();
}

/**
 * Runs each test and hook of a file in a frame that carries its owner, and records in the ledger what happens.
 */
class FileWatch {
  readonly #ledger: Ledger;
  readonly #origins: Origins;
  readonly #owners: CircusOwners;
  readonly #eventFile: EventFile | undefined;
  readonly #events: Events;
  readonly #stacks: StackReader;
  readonly #incidents: Incidents;
  readonly #expectations: Expectations;
  readonly #failures: Failures;
  readonly #outcome: Outcome;
  /** The owner that each test or hook currently runs as. A hook runs as many. */
  readonly #running = new Map<Runnable, Owner>();
  readonly #entered = new WeakSet<Runnable>();
  /** The block whose body is running, while tests and hooks are being collected. */
  #collecting: Owner | undefined;

  constructor(private readonly watched: Watched) {
    const { environment, config, testPath, source, policy, eventFile } = watched;
    const { rootDir, cwd } = config;
    const stacks = new StackReader(cwd, RUNTIME_DIR);
    const origins = new Origins(source, stacks.caller);
    const ledger = new Ledger(origins.chainOf);
    const name = relative(cwd, testPath).replaceAll('\\', '/');
    const owners = new CircusOwners(name, stacks.first);
    this.#collecting = owners.file;

    this.#eventFile = eventFile === undefined ? undefined : new EventFile(eventFile);
    const owner = (): Owner | undefined => origins.owner;
    const events = new Events({ tracing: watched.tracing, source, name, owner }, this.#eventFile);

    const incidents = new Incidents({
      ledger,
      origins,
      stacks,
      running: () => this.#running.values(),
      recorded: () => this.#outcome.reportLate(),
    });
    const parts = { source, origins, incidents };
    const expectations = new Expectations({ ...parts, environment, config, events });
    this.#failures = new Failures({ ...parts, owners, stacks, expectations });
    const files = { testPath, rootDir, cwd, eventFile };
    this.#outcome = new Outcome({ ledger, owners, events, policy, ...files });

    this.#ledger = ledger;
    this.#origins = origins;
    this.#owners = owners;
    this.#events = events;
    this.#stacks = stacks;
    this.#incidents = incidents;
    this.#expectations = expectations;
  }

  begin(): void {
    const { environment } = this.watched;
    const global = environment.global as Record<string, unknown>;
    for (const target of [this.watched.global, global['process'], global['document']]) {
      // A document belongs to jsdom's realm and is not an instance of this realm's `Object`.
      if (typeof target === 'object' && target !== null) this.#ledger.markLasting(target);
    }
    const stop = [this.#observe(), this.#watchHandles('document' in global)];
    watchConsole(
      global['console'],
      () => this.#owner?.isOver ?? false,
      (what, message) => this.#noteLog(what, message),
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
      for (const each of stop) each();
      try {
        await teardown();
      } finally {
        this.#eventFile?.close();
      }
    };
  }

  readonly #handlers: { readonly [N in Circus.Event['name']]?: Handler<N> } = {
    setup: ({ runtimeGlobals }) => this.#expectations.watch(runtimeGlobals),
    start_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    finish_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    run_start: () => void (this.#collecting = undefined),
    hook_start: ({ hook }, { currentlyRunningTest }) =>
      this.#enter(hook, this.#owners.hook(hook, currentlyRunningTest ?? undefined)),
    hook_success: ({ hook }) => void this.#running.delete(hook),
    hook_failure: ({ hook, error }) => {
      hideOwnFrames(error);
      this.#running.delete(hook);
    },
    test_start: ({ test }) => this.#owners.test(test).reopen(),
    test_fn_start: ({ test }) => this.#enter(test, this.#owners.test(test)),
    test_fn_failure: ({ error }) => hideOwnFrames(error),
    test_done: ({ test }) => {
      const owner = this.#owners.test(test);
      this.#running.delete(test);
      owner.close();
      this.#events.endRun(owner, test.errors);
    },
    run_describe_finish: ({ describeBlock }) => this.#owners.block(describeBlock).close(),
    error: ({ error, promise }, state) => {
      this.#failures.note(error, promise, state);
      hideOwnFrames(error);
    },
    error_handled: ({ promise }, state) => this.#failures.noteHandled(promise, state),
    run_finish: () => this.#settle(),
  };

  get #owner(): Owner | undefined {
    return this.#origins.owner;
  }

  #collect(block: Circus.DescribeBlock): void {
    if (this.#collecting) this.#collecting = this.#owners.block(block);
  }

  /** Makes a test or a hook run in a frame that carries its current owner. */
  #enter(entry: Runnable, owner: Owner): void {
    this.#running.set(entry, owner);
    if (this.#entered.has(entry)) return;
    this.#entered.add(entry);
    const now = (): Owner | undefined => this.#running.get(entry);
    const run = (body: () => unknown) =>
      this.#origins.run(now(), () => this.#events.runWithin(now(), body));
    const isDone = (): void => this.#events.noteDone(now());
    entry.fn = wrapBody(run, entry.fn as Body, isDone) as Circus.TestEntry['fn'] &
      Circus.Hook['fn'];
  }

  #observe(): () => void {
    const ledger = this.#ledger;
    const { source, policy } = this.watched;
    const activations: Observer = {
      started: (activation) => {
        const owner = this.#owner;
        if (owner === undefined) return;
        const [at] = source.stepsOf(source.currentCause());
        const what = at?.site.name ? `${at.site.name}()` : 'an async function';
        ledger.open(activation, { kind: 'pending-async', what, owner, cause: this.#here() });
      },
      ended: (activation) => ledger.close(activation),
    };
    const listeners: Observer = {
      listened: (listening) => {
        this.#origins.listened();
        ledger.addListener(listening, this.#owner, this.#here());
      },
      unlistened: (listening) => ledger.removeListener(listening, this.#owner),
    };
    return source.observe({
      called: this.#origins.called,
      listening: this.#origins.listening,
      listened: this.#origins.listened,
      ...(policy.isWanted('pending-async') ? activations : {}),
      ...(policy.isWanted('listener') ? listeners : {}),
    });
  }

  #here(): Cause {
    return this.#origins.here();
  }

  #watchHandles(isWindow: boolean): () => void {
    return watchHandles(this.#ledger, {
      owner: () => this.#owner ?? this.#collecting,
      cause: () => this.#here(),
      positionIn: this.#stacks.first,
      isLoop: (cause, at) =>
        this.#origins
          .chainOf(cause)
          .some(({ file, line }) => file === at?.file && line === at.line),
      ignores: (stack, { kind }) => {
        // A window clears its timers when it closes.
        if (isWindow && /[\\/]jsdom[\\/]lib[\\/]/.test(stack)) return true;
        // Handles that Jest opens while it loads a file are its own.
        return (kind === 'file' || kind === 'describe') && this.#stacks.first(stack) === undefined;
      },
    });
  }

  #noteLog(what: string, message: string): void {
    const owner = this.#owner;
    if (!owner?.isOver) return;
    this.#incidents.record({ kind: 'late-console', what, message, owner, cause: this.#here() });
  }

  /** Collects the findings at the last moment at which a test can still be failed. */
  async #settle(): Promise<void> {
    this.#owners.file.close();
    // A handle that was just closed takes a moment to disappear.
    for (const ms of [0, 30]) {
      if (!this.#ledger.hasAlive('open-handle')) break;
      await new Promise((resolve) => sleep(resolve, ms));
    }
    this.#failures.settle();
    this.#ledger.collectLeaks();
    this.#outcome.settle();
  }
}
