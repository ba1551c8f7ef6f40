import { AsyncLocalStorage } from 'node:async_hooks';
import type { Circus } from '@jest/types';
import type { Owner } from '@throughline/ledger';

/** Returns true for the Circus of Jest 29, which does not tell which promise was rejected. */
export function isOlder(state: Circus.State): boolean {
  return !('unhandledRejectionErrorByPromise' in state);
}

/** Finds what the Circus of Jest 29 does not tell: rejected promises, and which test an unknown error comes from. */
export class OlderCircus {
  readonly #owner = new AsyncLocalStorage<Owner>();
  #rejected: object | undefined;
  readonly #rejects = (_error: unknown, promise: object): void => void (this.#rejected = promise);
  readonly #handles = (promise: object): void => this.handled(promise);

  constructor(
    private readonly process: NodeJS.Process,
    private readonly handled: (promise: object) => void,
  ) {
    // Circus's own listener is there already, and tells of the error when ours has run.
    process.prependListener('unhandledRejection', this.#rejects);
    process.on('rejectionHandled', this.#handles);
  }

  stop(): void {
    this.process.removeListener('unhandledRejection', this.#rejects);
    this.process.removeListener('rejectionHandled', this.#handles);
  }

  /** Returns the promise whose rejection Circus is telling of, or undefined for an exception. */
  takePromise(): object | undefined {
    const promise = this.#rejected;
    this.#rejected = undefined;
    return promise;
  }

  /** Calls a body, so that errors of uninstrumented code have an owner, too. */
  run<R>(owner: Owner | undefined, body: () => R): R {
    return owner ? this.#owner.run(owner.scope, body) : body();
  }

  /** The owner of the running code, as Node follows it. */
  get owner(): Owner | undefined {
    return this.#owner.getStore();
  }
}

/**
 * Makes concurrent tests run as their owners also where Circus calls them before it says that they start, as in Jest
 * 29. `begin` is called for a test that is called so early, and returns what to call at its end.
 */
export class EarlyTests {
  readonly #started = new WeakSet<Circus.TestEntry>();
  readonly #early = new WeakSet<Circus.TestEntry>();

  constructor(
    private readonly run: (test: Circus.TestEntry, body: () => unknown) => unknown,
    private readonly isOver: (test: Circus.TestEntry) => void,
  ) {}

  /** Prepares the concurrent tests of a block and the blocks in it. */
  prepare(block: Circus.DescribeBlock): void {
    for (const child of block.children) {
      if (child.type === 'describeBlock') this.prepare(child);
      else if (child.concurrent) this.#wrap(child);
    }
  }

  /** Returns false for a test that has been called already. */
  start(test: Circus.TestEntry): boolean {
    this.#started.add(test);
    return !this.#early.has(test);
  }

  #wrap(test: Circus.TestEntry): void {
    const { fn } = test;
    const wrapper = (...args: unknown[]): unknown => {
      const body = (): unknown => Reflect.apply(fn, undefined, args);
      if (this.#started.has(test)) return body();
      this.#early.add(test);
      const result = this.run(test, body);
      const over = (): void => this.isOver(test);
      Promise.resolve(result).then(over, over);
      return result;
    };
    test.fn = Object.defineProperty(wrapper, 'length', { value: fn.length }) as typeof fn;
  }
}
