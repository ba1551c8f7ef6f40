import { Events } from '../events/events.js';
import type { EventSink, Tracing } from '../events/events.js';
import { Ledger } from '../ledger.js';
import type { Owner, SourcePosition } from '../owner.js';
import type { Policy } from '../policy/policy.js';
import type { Cause, Observer, Source } from '../source.js';
import { Expectations } from './expectations.js';
import { Failures } from './failures.js';
import { Incidents } from './incidents.js';
import { Origins } from './origins.js';
import { Outcome } from './outcome.js';
import type { Results } from './outcome.js';
import type { StackReader } from './stack-reader.js';

/** The inputs for watching the tests of one file. */
export interface WatchedFile {
  readonly source: Source;
  /** The runtime's entry for observers, in the realm of the tests. */
  readonly tracing: Tracing;
  /** The path of the test file as it is printed, which is the process name of its events. */
  readonly name: string;
  /** The folder that the runner was started in. */
  readonly cwd: string;
  readonly stacks: StackReader;
  readonly policy: Policy;
  /** Where the tests' events are written, if they are. */
  readonly eventSink: EventSink | undefined;
  readonly results: Results;
  /** True for a runner that hides the promises of tests and hooks, so that the calls of their functions are followed. */
  readonly hidesPromises?: boolean;
}

/**
 * How long to wait, in milliseconds, while a handle is open: a socket of TLS closes in two turns, a thread or a child
 * process takes longer on a busy machine.
 */
const TURNS = [0, 10, 30, 60, 100];

/** A timer that has run out while its owner was waiting. */
interface SleptTimer {
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  readonly ms: number;
  /** The stack in which it was set. */
  readonly stack: string;
}

/** Watches what the tests of one file do. A runner says which owner runs, and when the tests are over. */
export class FileWatch {
  readonly ledger: Ledger;
  readonly origins: Origins;
  readonly events: Events;
  readonly incidents: Incidents;
  readonly expectations: Expectations;
  readonly failures: Failures;
  readonly stacks: StackReader;
  /** Set by what watches handles: returns the line that opened what the running code belongs to. */
  lineHere: (() => SourcePosition | undefined) | undefined;
  readonly #outcome: Outcome;
  readonly #running = new Map<object, Owner>();

  constructor(private readonly watched: WatchedFile) {
    const { source, tracing, name, cwd, stacks, policy, eventSink, results } = watched;
    const origins = new Origins(source, stacks.caller);
    const ledger = new Ledger(origins.chainOf);
    const events = new Events({ tracing, source, name, owner: () => origins.owner }, eventSink);
    const incidents = new Incidents({
      ledger,
      origins,
      stacks,
      running: () => this.#running.values(),
      recorded: () => this.#outcome.reportLate(),
      lineHere: () => this.lineHere?.(),
    });
    this.expectations = new Expectations({ source, origins, incidents });
    this.failures = new Failures({
      ...{ source, origins, incidents, stacks },
      expectations: this.expectations,
    });
    const eventPath = eventSink?.path;
    this.#outcome = new Outcome({ ledger, events, policy, results, cwd, eventPath });
    this.stacks = stacks;
    this.ledger = ledger;
    this.origins = origins;
    this.events = events;
    this.incidents = incidents;
  }

  /** The owner of the running code. */
  get owner(): Owner | undefined {
    return this.origins.owner;
  }

  /** Returns the spawn points that led to the running code. */
  here(): Cause {
    return this.origins.here();
  }

  /** Notes that a test or a hook, which `key` identifies, begins to run as this owner. */
  begin(key: object, owner: Owner): void {
    this.#running.set(key, owner);
  }

  /** Notes that a test or a hook has ended. */
  end(key: object): void {
    this.#running.delete(key);
  }

  /** Returns the owner that a test or a hook currently runs as. */
  runningAs(key: object): Owner | undefined {
    return this.#running.get(key);
  }

  /**
   * Calls a body in a frame that carries its owner. Its events come after the earlier ones of the same test. `of` is
   * the function of the test or the hook, where the body does nothing but call it.
   */
  run<R>(owner: Owner | undefined, body: () => R, of?: unknown): R {
    return this.origins.run(owner, () => this.events.runWithin(owner, body) as R, of);
  }

  /** Begins to observe what instrumented code does, until the returned function is called. */
  observe(): () => void {
    const { ledger, origins } = this;
    const { source, policy } = this.watched;
    const activations: Activations = {
      started: (activation) => {
        const { owner } = this;
        if (owner === undefined) return;
        const [at] = source.stepsOf(source.currentCause());
        const what = at?.site.name ? `${at.site.name}()` : 'an async function';
        ledger.open(activation, { kind: 'pending-async', what, owner, cause: this.here() });
      },
      ended: (activation) => ledger.close(activation),
    };
    const listeners: Observer = {
      listened: (listening) => {
        origins.listened();
        ledger.addListener(listening, this.owner, this.here());
      },
      unlistened: (listening) => ledger.removeListener(listening, this.owner),
    };
    return source.observe({
      called: origins.called,
      listening: origins.listening,
      listened: origins.listened,
      ...all([
        ...(policy.isWanted('pending-async') ? [activations] : []),
        ...(this.watched.hidesPromises && this.watched.eventSink ? [this.#ends()] : []),
      ]),
      ...(policy.isWanted('listener') ? listeners : {}),
    });
  }

  /** Returns an observer that makes the last event of a test come after those of its function and hooks. */
  #ends(): Activations {
    const owners = new WeakMap<object, Owner>();
    return {
      started: (activation) => {
        const { owner } = this;
        if (owner && this.origins.isRunners) owners.set(activation, owner);
      },
      ended: (activation) => {
        const owner = owners.get(activation);
        if (owner) this.events.noteEnd(owner, this.watched.source.contextAtEnd(activation));
      },
    };
  }

  /** Records output that a test wrote after its end. Does nothing for other output. */
  noteLog(what: string, message: string): void {
    const { owner } = this;
    if (!owner?.isOver) return;
    this.incidents.record({ kind: 'late-console', what, message, owner, cause: this.here() });
  }

  /** Returns the callback for timers that run out while their owner waits, or undefined when nobody wants to know. */
  get slept(): ((timer: SleptTimer) => void) | undefined {
    if (!this.watched.policy.isWanted('slept-time')) return undefined;
    return ({ owner, cause, ms, stack }) => {
      const what = ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
      const position = this.stacks.first(stack);
      this.incidents.record({ kind: 'slept-time', what, owner, cause, position });
    };
  }

  /** Records that a test has ended with fake timers that have not run out. */
  noteFakeTimers(owner: Owner, count: () => number): void {
    if (!this.watched.policy.isWanted('fake-timers')) return;
    const left = count();
    if (left === 0) return;
    const what = left === 1 ? '1 timer' : `${left} timers`;
    const { position } = owner;
    this.ledger.record({ kind: 'fake-timers', what, owner, cause: undefined, position });
  }

  /** Gives handles that were just closed the turns of the event loop that they need to disappear. */
  async waitForHandles(sleep: (ms: number) => Promise<void>): Promise<void> {
    for (const ms of TURNS) {
      if (!this.ledger.hasAlive('open-handle')) return;
      await sleep(ms);
    }
  }

  /** Collects the findings at the last moment at which a test can still be failed, and reports them. */
  settle(): void {
    this.failures.settle();
    this.ledger.collectLeaks();
    this.#outcome.settle();
  }
}

type Activations = Required<Pick<Observer, 'started' | 'ended'>>;

/** Returns an observer of calls that tells all of these. */
function all(observers: readonly Activations[]): Partial<Activations> {
  if (observers.length < 2) return observers[0] ?? {};
  return {
    started: (...given) => observers.forEach((one) => one.started(...given)),
    ended: (activation) => observers.forEach((one) => one.ended(activation)),
  };
}
