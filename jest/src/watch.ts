import { relative } from 'node:path';
import type { JestEnvironment } from '@jest/environment';
import type { Circus, Config } from '@jest/types';
import { blame, circusEntryOf, testsOf } from './blame.js';
import { wrapBody } from './bodies.js';
import type { Body } from './bodies.js';
import { CircusOwners } from './circus-owners.js';
import { watchConsole } from './console.js';
import { EventFile } from './events/event-file.js';
import { Events } from './events/events.js';
import { causalMatchers } from './events/matchers.js';
import { Ledger, positionOf, watchHandles } from './ledger/index.js';
import type { Cause, Found, Incident, Observer, Source, Owner } from './ledger/index.js';
import { watchMatchers } from './matchers.js';
import type { AwaitCallbacks } from './matchers.js';
import { StackReader } from './stack-reader.js';
import type { Policy } from './policy.js';
import { send } from './report/channel.js';
import type { FailedGraph } from './report/channel.js';
import { RUNTIME_DIR } from './realm.js';
import type { Realm } from './realm.js';
import { formatReport, headline } from './report/format.js';
import { Origins } from './origins.js';

/** The inputs for watching the tests of one file. */
export interface Watched {
  readonly environment: JestEnvironment<unknown>;
  readonly config: Config.ProjectConfig;
  readonly testPath: string;
  readonly source: Source;
  /** The runtime's entry for observers, in the tests' realm. */
  readonly ledger: Realm['ledger'];
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
  /** The owner that each test or hook currently runs as. A hook runs as many. */
  readonly #running = new Map<Runnable, Owner>();
  readonly #entered = new WeakSet<Runnable>();
  /** Unhandled rejections, which may still be handled before the file ends. */
  readonly #rejections = new Map<object, { error: unknown; tell: () => void }>();
  /** The promises that waiting matchers (`.resolves`, `.rejects`) have returned. */
  readonly #waiting = new WeakMap<object, { owner: Owner; tell: () => void }>();
  /** The block whose body is running, while tests and hooks are being collected. */
  #collecting: Owner | undefined;
  #hasResults = false;

  constructor(private readonly watched: Watched) {
    this.#stacks = new StackReader(watched.config.cwd, RUNTIME_DIR);
    this.#origins = new Origins(watched.source, this.#stacks.caller);
    this.#ledger = new Ledger(this.#origins.chainOf);
    this.#owners = new CircusOwners(
      relative(watched.config.cwd, watched.testPath),
      this.#stacks.first,
    );
    this.#collecting = this.#owners.file;
    const { ledger, source, eventFile } = watched;
    const { name } = this.#owners.file;
    this.#eventFile = eventFile === undefined ? undefined : new EventFile(eventFile);
    this.#events = new Events({ ledger, source, name, owner: () => this.#owner }, this.#eventFile);
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
    setup: ({ runtimeGlobals }) => this.#watchExpect(runtimeGlobals),
    start_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    finish_describe_definition: (_event, { currentDescribeBlock }) =>
      this.#collect(currentDescribeBlock),
    run_start: () => void (this.#collecting = undefined),
    hook_start: ({ hook }, { currentlyRunningTest }) =>
      this.#enter(hook, this.#owners.hook(hook, currentlyRunningTest ?? undefined)),
    hook_success: ({ hook }) => void this.#running.delete(hook),
    hook_failure: ({ hook }) => void this.#running.delete(hook),
    test_start: ({ test }) => this.#owners.test(test).reopen(),
    test_fn_start: ({ test }) => this.#enter(test, this.#owners.test(test)),
    test_done: ({ test }) => {
      const owner = this.#owners.test(test);
      this.#running.delete(test);
      owner.close();
      this.#events.endRun(owner, test.errors);
    },
    run_describe_finish: ({ describeBlock }) => this.#owners.block(describeBlock).close(),
    error: ({ error, promise }, state) => this.#noteFailure(error, promise, state),
    error_handled: ({ promise }, state) => this.#noteHandled(promise, state),
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
      ignores: (stack, { kind }) => {
        // A window clears its timers when it closes.
        if (isWindow && /[\\/]jsdom[\\/]lib[\\/]/.test(stack)) return true;
        // Handles that Jest opens while it loads a file are its own.
        return (kind === 'file' || kind === 'describe') && this.#stacks.first(stack) === undefined;
      },
    });
  }

  /** Replaces `expect`, both the global and the export of '@jest/globals'. */
  #watchExpect(globals: { expect: unknown }): void {
    const { environment, config } = this.watched;
    const expect = globals.expect as Body & { extend(matchers: object): void };
    expect.extend(causalMatchers(() => this.#events.current));
    globals.expect = new Proxy(expect, {
      apply: (target, self, args: unknown[]) => {
        const owner = this.#owner;
        if (owner?.isOver) this.#noteExpect(owner);
        const matchers: unknown = Reflect.apply(target, self, args);
        if (owner) watchMatchers(matchers, args[0], (name) => this.#watchAwaited(name, owner));
        return matchers;
      },
    });
    if (config.injectGlobals) {
      (environment.global as Record<string, unknown>)['expect'] = globals.expect;
    }
  }

  #noteLog(what: string, message: string): void {
    const owner = this.#owner;
    if (!owner?.isOver) return;
    this.#record({ kind: 'late-console', what, message, owner, cause: this.#here() });
  }

  #noteExpect(owner: Owner): void {
    const { source } = this.watched;
    const [nearest] = source.stepsOf(source.currentCause());
    const isPromise = nearest?.site.kind === 'promise' || nearest?.site.kind === 'async';
    const kind = isPromise ? 'unawaited-expect' : 'late-expect';
    this.#record({ kind, what: 'expect', owner, cause: this.#here() });
  }

  /** Records that a matcher waits for a promise. Returns the callbacks for when it continues. */
  #watchAwaited(what: string, owner: Owner): AwaitCallbacks {
    const incident: Incident = { kind: 'unawaited-expect', what, owner, cause: this.#here() };
    const stack = new Error().stack;
    let isTold = false;
    return {
      // A test that awaits the matcher is not over yet.
      onSettled: () => {
        if (!owner.isOver || isTold) return;
        isTold = true;
        this.#record(incident, stack);
      },
      onReturned: (promise) =>
        this.#waiting.set(promise, {
          owner,
          tell: () => {
            if (isTold) return;
            isTold = true;
            this.#record(incident, stack);
          },
        }),
    };
  }

  #noteFailure(error: unknown, promise: object | undefined, state: Circus.State): void {
    const waiting = promise && this.#waiting.get(promise);
    if (waiting) {
      this.#noteRejection(promise, { error, tell: waiting.tell, owner: waiting.owner }, state);
      return;
    }
    const { source } = this.watched;
    const context = promise ? source.contextOf(promise) : source.contextOfLastFailure();
    const known = context && this.#origins.at(context);
    const entry = known?.owner ? undefined : circusEntryOf(error, promise, state);
    const owner = known?.owner ?? (entry && this.#owners.ownerOf(entry));
    if (owner === undefined) return;
    const { message = String(error), stack } = Object(error) as {
      message?: string;
      stack?: string;
    };
    // The matcher that threw it was reported when it ran.
    const isTold = owner.isOver && Object.hasOwn(Object(error) as object, 'matcherResult');
    const kind = promise ? 'rejection' : 'exception';
    const cause = known?.owner && known.cause;
    const thrown = this.#stacks.first(stack ?? '');
    const incident = {
      kind,
      what: kind,
      message,
      owner,
      cause,
      ...(thrown && { thrown }),
    } as const;
    const tell = isTold ? () => {} : this.#recorder(incident, stack);
    if (promise) {
      this.#noteRejection(promise, { error, tell, owner }, state);
      return;
    }
    tell();
    const guilty = this.#owners.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }

  #noteRejection(
    promise: object,
    { error, tell, owner }: { error: unknown; tell: () => void; owner: Owner },
    state: Circus.State,
  ): void {
    this.#rejections.set(promise, { error, tell });
    const guilty = this.#owners.testOf(owner);
    if (guilty) blame(guilty, error, promise, state);
  }

  /** Drops a rejection that is handled after all, unless Jest has already failed a test for it. */
  #noteHandled(promise: object, state: Circus.State): void {
    const rejection = this.#rejections.get(promise);
    if (rejection === undefined) return;
    const isFailed = testsOf(state).some(({ errors }) =>
      errors.flat().includes(rejection.error as Error),
    );
    if (!isFailed) this.#rejections.delete(promise);
  }

  #record(incident: Incident, stack?: string): void {
    this.#recorder(incident, stack)();
  }

  /**
   * Captures the current state, and returns a function that records the incident now or later. The position of
   * an incident is the spawn point that led to it, or else a line of its stack.
   */
  #recorder(incident: Incident, stack: string | undefined): () => void {
    const position =
      positionOf(this.#origins.chainOf(incident.cause)) ??
      this.#stacks.first(stack ?? new Error().stack ?? '');
    const others = [...this.#running.values()].filter((owner) => owner !== incident.owner);
    const during = others.length === 1 ? others[0] : undefined;
    return () => {
      this.#ledger.record({
        ...incident,
        ...(position && { position }),
        ...(during && { during }),
      });
      if (this.#hasResults) this.#report(this.#ledger.take(), { late: true });
    };
  }

  /** Collects the findings at the last moment at which a test can still be failed. */
  async #settle(): Promise<void> {
    this.#owners.file.close();
    // A handle that was just closed takes a moment to disappear.
    for (const ms of [0, 30]) {
      if (!this.#ledger.hasAlive('open-handle')) break;
      await new Promise((resolve) => sleep(resolve, ms));
    }
    for (const { tell } of this.#rejections.values()) tell();
    this.#ledger.collectLeaks();
    this.#report(this.#ledger.take(), { late: false });
    this.#hasResults = true;
  }

  #report(found: readonly Found[], { late }: { late: boolean }): void {
    const { policy, testPath, config } = this.watched;
    const reported = found.filter(({ finding }) => policy.isReported(finding));
    const failing = reported.filter(({ finding }) => policy.isFailing(finding));
    const unfailed = failing.filter((one) => late || !this.#fail(one));
    // Last, because only now every failing test has its errors.
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

  /** Returns the graphs of the failed tests, with the file that holds them. */
  #graphs(): FailedGraph[] {
    const failed = this.#events.finish((test) => this.#owners.testOf(test)?.errors ?? []);
    const { eventFile: file } = this.watched;
    return file === undefined ? [] : failed.map((graph) => ({ ...graph, file }));
  }

  /** Fails the test that a finding belongs to. Returns false when there is none. */
  #fail({ finding, owner }: Found): boolean {
    const test = this.#owners.testOf(owner);
    if (test === undefined) return false;
    const failed =
      test.errors.length > 0 && (finding.kind === 'rejection' || finding.kind === 'exception');
    // Jest has already failed the test for it.
    if (failed) return true;
    const { position } = finding;
    const message = `Throughline: ${headline(finding)}`;
    const error = new Error(message);
    const at =
      position &&
      `\n    at ${this.watched.config.cwd}/${position.file}:${position.line}:${position.column + 1}`;
    error.stack = `${message}${at ?? ''}`;
    test.errors.push(error);
    return true;
  }
}
