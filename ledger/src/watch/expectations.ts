import type { Incident } from '../entry.js';
import type { Owner } from '../owner.js';
import type { Source } from '../source.js';
import type { Incidents } from './incidents.js';
import { watchMatchers } from './matchers.js';
import type { AwaitCallbacks } from './matchers.js';
import type { Origins } from './origins.js';

/** The inputs for watching assertions. */
export interface ExpectationSource {
  readonly source: Source;
  readonly origins: Origins;
  readonly incidents: Incidents;
}

type Expect = (this: unknown, ...args: unknown[]) => unknown;

/** An assertion that waits for a promise. */
interface Waiting {
  readonly owner: Owner;
  readonly tell: () => void;
}

/** Finds assertions that run after their test is over, and those that nobody awaited. */
export class Expectations {
  /** By the promise that a waiting matcher (`.resolves`, `.rejects`) has returned. */
  readonly #told = new WeakSet<object>();
  readonly #waiting = new WeakMap<object, Waiting>();

  constructor(private readonly from: ExpectationSource) {}

  /** Returns a function that does what `expect` does, and is watched. */
  watched<T extends object>(expect: T): T {
    const { origins } = this.from;
    return new Proxy(expect as T & Expect, {
      apply: (target, self, args: unknown[]) => {
        const { owner } = origins;
        if (owner?.isOver) this.noteLate(owner);
        const matchers: unknown = Reflect.apply(target, self, args);
        if (owner) watchMatchers(matchers, args[0], (name) => this.#watchAwaited(name, owner));
        return matchers;
      },
    });
  }

  /** Returns the assertion whose promise this is. */
  waitingFor(promise: object): Waiting | undefined {
    return this.#waiting.get(promise);
  }

  /** Notes the error of an assertion that was recorded, so that it is not recorded again where nobody catches it. */
  markTold(error: unknown): void {
    if (typeof error === 'object' && error !== null) this.#told.add(error);
  }

  /** Returns true for the error of an assertion that was recorded when it ran. */
  isTold(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#told.has(error);
  }

  /** Records an assertion that runs after its test is over. */
  noteLate(owner: Owner): void {
    const { source, origins, incidents } = this.from;
    const [nearest] = source.stepsOf(source.currentCause());
    const isAsync = nearest?.site.kind === 'promise' || nearest?.site.kind === 'async';
    const kind = isAsync ? 'unawaited-expect' : 'late-expect';
    incidents.record({ kind, what: 'expect', owner, cause: origins.here() });
  }

  /** Records that a matcher waits for a promise. Returns the callbacks for when it continues. */
  #watchAwaited(what: string, owner: Owner): AwaitCallbacks {
    const { origins, incidents } = this.from;
    const incident: Incident = { kind: 'unawaited-expect', what, owner, cause: origins.here() };
    const { stack } = new Error();
    let isTold = false;
    const tell = (): void => {
      if (isTold) return;
      isTold = true;
      incidents.record(incident, stack);
    };
    return {
      // A test that awaits the matcher is not over yet.
      onSettled: () => {
        if (owner.isOver) tell();
      },
      onReturned: (promise) => this.#waiting.set(promise, { owner, tell }),
    };
  }
}
