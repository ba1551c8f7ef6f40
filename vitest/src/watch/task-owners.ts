import { Owner } from '@throughline/ledger';
import type { SourcePosition } from '@throughline/ledger';
import { isFile, pathOf } from '../tasks.js';
import type { Task } from '../tasks.js';

/** Maps Vitest's tests, hooks and suites to owners, for one test file. */
export class TaskOwners {
  readonly file: Owner;
  readonly #all = new WeakSet<Owner>();
  readonly #suites = new Map<Task, Owner>();
  readonly #tests = new Map<Task, Owner>();
  readonly #entries = new Map<Owner, Task>();
  /** By hook and scope: a `beforeEach` or `afterEach` hook has one owner per test. */
  readonly #hooks = new WeakMap<object, WeakMap<Owner, Owner>>();

  /** `name` is the path of the test file as it is printed. */
  constructor(private readonly name: string) {
    this.file = new Owner('file', [name], undefined);
    this.#all.add(this.file);
  }

  suite(suite: Task): Owner {
    if (isFile(suite)) return this.file;
    let owner = this.#suites.get(suite);
    if (owner === undefined) {
      const scope = suite.suite ? this.suite(suite.suite) : this.file;
      owner = new Owner('describe', pathOf(suite), this.#positionOf(suite), scope);
      this.#suites.set(suite, owner);
      this.#all.add(owner);
    }
    return owner;
  }

  test(test: Task): Owner {
    let owner = this.#tests.get(test);
    if (owner === undefined) {
      owner = new Owner('test', pathOf(test), this.#positionOf(test));
      this.#tests.set(test, owner);
      this.#all.add(owner);
      this.#entries.set(owner, test);
    }
    return owner;
  }

  /** Returns the owner of a hook of a suite. `test` is the test that the hook runs for, if any. */
  hook(hook: object, kind: string, suite: Task, test: Task | undefined): Owner {
    const scope = test ? this.test(test) : this.suite(suite);
    const known = this.#hooks.get(hook) ?? new WeakMap<Owner, Owner>();
    this.#hooks.set(hook, known);
    let owner = known.get(scope);
    if (owner === undefined) {
      const [first, ...rest] = pathOf(test ?? suite);
      const path = [first === undefined ? kind : `${kind} of ${first}`, ...rest];
      owner = new Owner('hook', path, undefined, scope);
      known.set(scope, owner);
      this.#all.add(owner);
    }
    return owner;
  }

  /** Returns true for an owner of this file. */
  has(owner: Owner): boolean {
    return this.#all.has(owner);
  }

  /** Returns the test to fail for an owner: its own test, or the test that its hook ran for. */
  testOf(owner: Owner): Task | undefined {
    return this.#entries.get(owner) ?? this.#entries.get(owner.scope);
  }

  #positionOf({ location }: Task): (() => SourcePosition) | undefined {
    return (
      location && (() => ({ file: this.name, line: location.line, column: location.column - 1 }))
    );
  }
}
