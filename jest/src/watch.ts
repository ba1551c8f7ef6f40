import { relative } from 'node:path';
import type { JestEnvironment } from '@jest/environment';
import type { Circus, Config } from '@jest/types';
import { blame, ownerByCircus, testsOf } from './blame.js';
import { runBy } from './bodies.js';
import type { Body } from './bodies.js';
import { CircusTasks } from './circus-tasks.js';
import { watchConsole } from './console.js';
import type { Client } from './events/client.js';
import { EventFile } from './events/event-file.js';
import { Events } from './events/events.js';
import { causalMatchers } from './events/matchers.js';
import { Ledger, placeOf, watchHandles } from './ledger/index.js';
import type { Cause, Found, Incident, Observer, Source, Task } from './ledger/index.js';
import { watchMatchers } from './matchers.js';
import type { Waiting } from './matchers.js';
import { Places } from './places.js';
import type { Policy } from './policy.js';
import { send } from './report/channel.js';
import type { FailedGraph } from './report/channel.js';
import { RUNTIME_DIR } from './realm.js';
import { formatReport, headline } from './report/format.js';
import { Origins } from './origins.js';

/** What is needed to watch the tests of one file. */
export interface Watched {
  readonly environment: JestEnvironment<unknown>;
  readonly config: Config.ProjectConfig;
  readonly testPath: string;
  readonly source: Source;
  /** The X-Trace client of the tests' realm. */
  readonly client: Client;
  /** Where the tests' events are written, if they are. */
  readonly eventFile: string | undefined;
  readonly policy: Policy;
  /** The global object, as the tests know it. */
  readonly global: object;
}

type Runnable = Circus.TestEntry | Circus.Hook;
type Handler<N extends Circus.Event['name'] = Circus.Event['name']> = (
  event: Extract<Circus.Event, { name: N }>,
  state: Circus.State,
) => void | Promise<void>;

// A test may put its own in place of it.
const { setTimeout: sleep } = globalThis;

/** Watches a test file from now on until its environment is torn down. */
export function watch(watched: Watched): void {
  new FileWatch(watched).begin();
}

/**
 * Runs each test and hook of a file in a frame that says whose it is, and tells the ledger what happens.
 */
class FileWatch {
  readonly #ledger: Ledger;
  readonly #origins: Origins;
  readonly #tasks: CircusTasks;
  readonly #eventFile: EventFile | undefined;
  readonly #events: Events;
  readonly #places: Places;
  /** Which task a test or a hook runs for now: a hook runs for many. */
  readonly #running = new Map<Runnable, Task>();
  readonly #entered = new WeakSet<Runnable>();
  /** Until the end they may yet be handled. */
  readonly #rejections = new Map<object, { error: unknown; tell: () => void }>();
  /** What matchers that wait for a promise have returned. */
  readonly #waiting = new WeakMap<object, { owner: Task; tell: () => void }>();
  /** The block whose body is running, as long as tests and hooks are still being collected. */
  #collecting: Task | undefined;
  #hasResults = false;

  constructor(private readonly watched: Watched) {
    this.#places = new Places(watched.config.cwd, RUNTIME_DIR);
    this.#origins = new Origins(watched.source, this.#places.caller);
    this.#ledger = new Ledger(this.#origins.chainOf);
    this.#tasks = new CircusTasks(
      relative(watched.config.cwd, watched.testPath),
      this.#places.first,
    );
    this.#collecting = this.#tasks.file;
    const { client, source, eventFile } = watched;
    const { name } = this.#tasks.file;
    this.#eventFile = eventFile === undefined ? undefined : new EventFile(eventFile);
    this.#events = new Events({ client, source, name, owner: () => this.#owner }, this.#eventFile);
  }

  begin(): void {
    const { environment } = this.watched;
    const global = environment.global as Record<string, unknown>;
    for (const target of [this.watched.global, global['process'], global['document']]) {
      // A document is of jsdom's realm, no instance of our `Object`.
      if (typeof target === 'object' && target !== null) this.#ledger.outlive(target);
    }
    const stop = [this.#observe(), this.#watchHandles('document' in global)];
    watchConsole(
      global['console'],
      () => this.#owner?.isOver ?? false,
      (what, message) => this.#logged(what, message),
    );

    const handle = environment.handleTestEvent?.bind(environment);
    environment.handleTestEvent = ((event: Circus.Event, state: Circus.State) => {
      const waited = (this.#handlers[event.name] as Handler | undefined)?.(event as never, state);
      // There are a dozen events a test: what nobody waits for makes no promise.
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
    setup: ({ runtimeGlobals }) => this.#watchExpect(runtimeGlobals),
    start_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    finish_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    run_start: () => void (this.#collecting = undefined),
    hook_start: ({ hook }, { currentlyRunningTest }) =>
      this.#enter(hook, this.#tasks.hook(hook, currentlyRunningTest ?? undefined)),
    hook_success: ({ hook }) => void this.#running.delete(hook),
    hook_failure: ({ hook }) => void this.#running.delete(hook),
    test_start: ({ test }) => this.#tasks.test(test).reopen(),
    test_fn_start: ({ test }) => this.#enter(test, this.#tasks.test(test)),
    test_done: ({ test }) => {
      const task = this.#tasks.test(test);
      this.#running.delete(test);
      task.close();
      this.#events.ended(task, test.errors);
    },
    run_describe_finish: ({ describeBlock }) => this.#tasks.block(describeBlock).close(),
    error: ({ error, promise }, state) => this.#failed(error, promise, state),
    error_handled: ({ promise }, state) => this.#handled(promise, state),
    run_finish: () => this.#settle(),
  };

  get #owner(): Task | undefined {
    return this.#origins.task;
  }

  #collect(block: Circus.DescribeBlock): void {
    if (this.#collecting) this.#collecting = this.#tasks.block(block);
  }

  /** Has a test or a hook run in the frame of the task that it now runs for. */
  #enter(entry: Runnable, task: Task): void {
    this.#running.set(entry, task);
    if (this.#entered.has(entry)) return;
    this.#entered.add(entry);
    const now = (): Task | undefined => this.#running.get(entry);
    const run = (body: () => unknown) =>
      this.#origins.run(now(), () => this.#events.within(now(), body));
    const isDone = (): void => this.#events.done(now());
    entry.fn = runBy(run, entry.fn as Body, isDone) as Circus.TestEntry['fn'] & Circus.Hook['fn'];
  }

  #observe(): () => void {
    const ledger = this.#ledger;
    const { source, policy } = this.watched;
    const activations: Observer = {
      started: (activation) => {
        const owner = this.#owner;
        if (owner === undefined) return;
        const [at] = source.stepsOf(source.currentCause());
        const what = `${at?.site.name || 'an async function'}()`;
        ledger.opened(activation, { kind: 'pending-async', what, owner, cause: this.#here() });
      },
      ended: (activation) => ledger.closed(activation),
    };
    const listeners: Observer = {
      listened: (listening) => {
        this.#origins.listened();
        ledger.listened(listening, this.#owner, this.#here());
      },
      unlistened: (listening) => ledger.unlistened(listening, this.#owner),
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
      placeIn: this.#places.first,
      ignores: (stack, { kind }) => {
        // The timers of a window end with it.
        if (isWindow && /[\\/]jsdom[\\/]lib[\\/]/.test(stack)) return true;
        // What Jest opens while it loads a file is its own.
        return (kind === 'file' || kind === 'describe') && this.#places.first(stack) === undefined;
      },
    });
  }

  /** `import { expect } from '@jest/globals'` and the global are one. */
  #watchExpect(globals: { expect: unknown }): void {
    const { environment, config } = this.watched;
    const expect = globals.expect as Body & { extend(matchers: object): void };
    expect.extend(causalMatchers(() => this.#events.current));
    globals.expect = new Proxy(expect, {
      apply: (target, self, args: unknown[]) => {
        const owner = this.#owner;
        if (owner?.isOver) this.#expected(owner);
        const matchers: unknown = Reflect.apply(target, self, args);
        if (owner) watchMatchers(matchers, args[0], (name) => this.#awaits(name, owner));
        return matchers;
      },
    });
    if (config.injectGlobals) {
      (environment.global as Record<string, unknown>)['expect'] = globals.expect;
    }
  }

  #logged(what: string, message: string): void {
    const owner = this.#owner;
    if (!owner?.isOver) return;
    this.#tell({ kind: 'late-console', what, message, owner, cause: this.#here() });
  }

  #expected(owner: Task): void {
    const { source } = this.watched;
    const [nearest] = source.stepsOf(source.currentCause());
    const isPromise = nearest?.site.kind === 'promise' || nearest?.site.kind === 'async';
    const kind = isPromise ? 'unawaited-expect' : 'late-expect';
    this.#tell({ kind, what: 'expect', owner, cause: this.#here() });
  }

  /** A matcher waits for a promise; returns who is told when it has gone on. */
  #awaits(what: string, owner: Task): Waiting {
    const incident: Incident = { kind: 'unawaited-expect', what, owner, cause: this.#here() };
    const stack = new Error().stack;
    let isTold = false;
    return {
      // Whoever awaits it is not over before.
      settled: () => {
        if (!owner.isOver || isTold) return;
        isTold = true;
        this.#tell(incident, stack);
      },
      returned: (promise) =>
        this.#waiting.set(promise, {
          owner,
          tell: () => {
            if (isTold) return;
            isTold = true;
            this.#tell(incident, stack);
          },
        }),
    };
  }

  #failed(error: unknown, promise: object | undefined, state: Circus.State): void {
    const waiting = promise && this.#waiting.get(promise);
    if (waiting) {
      this.#rejected(promise, { error, tell: waiting.tell, owner: waiting.owner }, state);
      return;
    }
    const { source } = this.watched;
    const context = promise ? source.contextOf(promise) : source.contextOfLastFailure();
    const known = context && this.#origins.at(context);
    const entry = known?.task ? undefined : ownerByCircus(error, promise, state);
    const owner = known?.task ?? (entry && this.#tasks.taskOf(entry));
    if (owner === undefined) return;
    const { message = String(error), stack } = Object(error) as {
      message?: string;
      stack?: string;
    };
    // The matcher that threw it has been told of when it ran.
    const isTold = owner.isOver && Object.hasOwn(Object(error) as object, 'matcherResult');
    const kind = promise ? 'rejection' : 'exception';
    const cause = known?.task && known.cause;
    const thrown = this.#places.first(stack ?? '');
    const incident = {
      kind,
      what: kind,
      message,
      owner,
      cause,
      ...(thrown && { thrown }),
    } as const;
    const tell = isTold ? () => {} : this.#teller(incident, stack);
    if (promise) {
      this.#rejected(promise, { error, tell, owner }, state);
      return;
    }
    tell();
    const guilty = this.#tasks.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }

  #rejected(
    promise: object,
    { error, tell, owner }: { error: unknown; tell: () => void; owner: Task },
    state: Circus.State,
  ): void {
    this.#rejections.set(promise, { error, tell });
    const guilty = this.#tasks.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }

  /** A rejection that is handled after all is none, unless Jest has failed a test for it already. */
  #handled(promise: object, state: Circus.State): void {
    const rejection = this.#rejections.get(promise);
    if (rejection === undefined) return;
    const isFailed = testsOf(state).some(({ errors }) =>
      errors.flat().includes(rejection.error as Error),
    );
    if (!isFailed) this.#rejections.delete(promise);
  }

  #tell(incident: Incident, stack?: string): void {
    this.#teller(incident, stack)();
  }

  /**
   * Notes what is so now, to be told now or later. The place of an incident is the spawn point that led
   * to it, or else a line of its stack.
   */
  #teller(incident: Incident, stack: string | undefined): () => void {
    const place =
      placeOf(this.#origins.chainOf(incident.cause)) ??
      this.#places.first(stack ?? new Error().stack ?? '');
    const others = [...this.#running.values()].filter((task) => task !== incident.owner);
    const during = others.length === 1 ? others[0] : undefined;
    return () => {
      this.#ledger.happened({ ...incident, ...(place && { place }), ...(during && { during }) });
      if (this.#hasResults) this.#report(this.#ledger.take(), { late: true });
    };
  }

  /** The last moment at which a test can still be failed. */
  async #settle(): Promise<void> {
    this.#tasks.file.close();
    // What was closed last takes a moment to be gone.
    for (const ms of [0, 30]) {
      if (!this.#ledger.hasAlive('open-handle')) break;
      await new Promise((resolve) => sleep(resolve, ms));
    }
    for (const { tell } of this.#rejections.values()) tell();
    this.#ledger.settle();
    this.#report(this.#ledger.take(), { late: false });
    this.#hasResults = true;
  }

  #report(found: readonly Found[], { late }: { late: boolean }): void {
    const { policy, testPath, config } = this.watched;
    const reported = found.filter(({ finding }) => policy.isReported(finding));
    const failing = reported.filter(({ finding }) => policy.isFailing(finding));
    const unfailed = failing.filter((one) => late || !this.#fail(one));
    // Now every test that fails has failed.
    const graphs = late ? [] : this.#graphs();
    if (reported.length === 0 && graphs.length === 0) return;
    const findings = (all: readonly Found[]) => all.map(({ finding }) => finding);
    const { rootDir, cwd } = config;
    const said = { findings: findings(reported), failing: findings(unfailed), graphs };
    send({ testPath, rootDir, cwd, late, ...said }, (report) => {
      process.stderr.write(`\n${formatReport(report).join('\n')}`);
      if (report.failing.length > 0) process.exitCode = 1;
    });
  }

  /** Where the graphs of the tests that have failed were written. */
  #graphs(): FailedGraph[] {
    const failed = this.#events.finish((test) => this.#tasks.testOf(test)?.errors ?? []);
    const { eventFile: file } = this.watched;
    return file === undefined ? [] : failed.map((graph) => ({ ...graph, file }));
  }

  /** Fails the test that a finding belongs to; says whether there is one. */
  #fail({ finding, owner }: Found): boolean {
    const test = this.#tasks.testOf(owner);
    if (test === undefined) return false;
    const failed =
      test.errors.length > 0 && (finding.kind === 'rejection' || finding.kind === 'exception');
    // Jest has it already.
    if (failed) return true;
    const { place } = finding;
    const message = `Throughline: ${headline(finding)}`;
    const error = new Error(message);
    const at =
      place &&
      `\n    at ${this.watched.config.cwd}/${place.file}:${place.line}:${place.column + 1}`;
    error.stack = `${message}${at ?? ''}`;
    test.errors.push(error);
    return true;
  }
}
