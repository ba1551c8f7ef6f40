import type { Circus } from '@jest/types';
import { Owner } from '@throughline/ledger';
import type { SourcePosition } from '@throughline/ledger';

const ROOT = 'ROOT_DESCRIBE_BLOCK';
/** Where Jest adds the hook that resets modules and mocks before each test. */
const JEST_ADAPTER = /[\\/]jest-circus[\\/]/;

/** Maps Circus's tests, hooks and describe blocks to owners, for one test file. */
export class CircusOwners {
  readonly file: Owner;
  readonly #blocks = new Map<Circus.DescribeBlock, Owner>();
  readonly #tests = new Map<Circus.TestEntry, Owner>();
  readonly #entries = new Map<Owner, Circus.TestEntry>();
  /** By hook and scope: a `beforeEach` or `afterEach` hook has one owner per test. */
  readonly #hooks = new WeakMap<Circus.Hook, WeakMap<Owner, Owner>>();

  readonly #latest = new WeakMap<Circus.Hook, Owner>();
  readonly #areJests = new WeakMap<Circus.Hook, boolean>();

  constructor(
    name: string,
    private readonly positionIn: (stack: string) => SourcePosition | undefined,
  ) {
    this.file = new Owner('file', [name], undefined);
  }

  block(block: Circus.DescribeBlock): Owner {
    if (block.name === ROOT) return this.file;
    let owner = this.#blocks.get(block);
    if (owner === undefined) {
      const scope = block.parent ? this.block(block.parent) : this.file;
      owner = new Owner('describe', pathOf(block), undefined, scope);
      // A block is closed when its tests finish. Handles opened in its body may stay open until the file ends.
      this.#blocks.set(block, owner);
    }
    return owner;
  }

  test(test: Circus.TestEntry): Owner {
    let owner = this.#tests.get(test);
    if (owner === undefined) {
      owner = new Owner('test', pathOf(test), this.#positionOf(test.asyncError));
      this.#tests.set(test, owner);
      this.#entries.set(owner, test);
    }
    return owner;
  }

  /** Returns true for the hook that Jest itself adds to each file: there is nothing to watch in it. */
  isJests(hook: Circus.Hook): boolean {
    let isJests = this.#areJests.get(hook);
    if (isJests === undefined) {
      const [, caller = ''] = stackOf(hook.asyncError).split('\n');
      isJests = JEST_ADAPTER.test(caller);
      this.#areJests.set(hook, isJests);
    }
    return isJests;
  }

  /** Returns the owner of a hook. `test` is the test that the hook runs for, if any. */
  hook(hook: Circus.Hook, test: Circus.TestEntry | undefined): Owner {
    const each = hook.type === 'beforeEach' || hook.type === 'afterEach';
    const scope = each && test ? this.test(test) : this.block(hook.parent);
    const known = this.#hooks.get(hook) ?? new WeakMap<Owner, Owner>();
    this.#hooks.set(hook, known);
    let owner = known.get(scope);
    if (owner === undefined) {
      const [first, ...rest] = pathOf(each && test ? test : hook.parent);
      const path = [first === undefined ? hook.type : `${hook.type} of ${first}`, ...rest];
      owner = new Owner('hook', path, this.#positionOf(hook.asyncError), scope);
      known.set(scope, owner);
    }
    this.#latest.set(hook, owner);
    return owner;
  }

  /** Returns the owner of a test, or the owner that a hook last ran as. */
  ownerOf(entry: Circus.TestEntry | Circus.Hook): Owner | undefined {
    return entry.type === 'test' ? this.test(entry) : this.#latest.get(entry);
  }

  /** Returns the test to fail for an owner: its own test, or the test that its hook ran for. */
  testOf(owner: Owner): Circus.TestEntry | undefined {
    return this.#entries.get(owner) ?? this.#entries.get(owner.scope);
  }

  /**
   * Returns a function that reads the position of a test or hook from the error that Circus created there.
   * It runs late, because formatting a stack takes longer than many tests.
   */
  #positionOf(error: unknown): () => SourcePosition | undefined {
    return () => this.positionIn(stackOf(error));
  }
}

/** Returns the stack of an error, which may be of another realm. */
function stackOf(error: unknown): string {
  const { stack } = Object(error) as { stack?: unknown };
  return typeof stack === 'string' ? stack : '';
}

function pathOf(of: Circus.TestEntry | Circus.DescribeBlock): string[] {
  const names: string[] = [];
  for (let at: typeof of | undefined = of; at && at.name !== ROOT; at = at.parent) {
    names.unshift(String(at.name));
  }
  return names;
}
