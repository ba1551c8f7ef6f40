import type { Circus } from '@jest/types';
import { Task } from './ledger/task.js';
import type { Place } from './ledger/task.js';

const ROOT = 'ROOT_DESCRIBE_BLOCK';

/** The tasks of a test file: one for each of its tests, hooks and blocks. */
export class CircusTasks {
  readonly file: Task;
  readonly #blocks = new Map<Circus.DescribeBlock, Task>();
  readonly #tests = new Map<Circus.TestEntry, Task>();
  readonly #entries = new Map<Task, Circus.TestEntry>();
  /** Of hooks that run before and after each test: one task a test. */
  readonly #hooks = new WeakMap<Circus.Hook, WeakMap<Task, Task>>();

  readonly #latest = new WeakMap<Circus.Hook, Task>();

  constructor(
    name: string,
    private readonly placeIn: (stack: string) => Place | undefined,
  ) {
    this.file = new Task('file', name, undefined);
  }

  block(block: Circus.DescribeBlock): Task {
    if (block.name === ROOT) return this.file;
    let task = this.#blocks.get(block);
    if (task === undefined) {
      const scope = block.parent ? this.block(block.parent) : this.file;
      task = new Task('describe', fullName(block), undefined, scope);
      // A block ends by itself; what its body starts lasts as long as the file does.
      this.#blocks.set(block, task);
    }
    return task;
  }

  test(test: Circus.TestEntry): Task {
    let task = this.#tests.get(test);
    if (task === undefined) {
      task = new Task('test', fullName(test), this.#placeOf(test.asyncError));
      this.#tests.set(test, task);
      this.#entries.set(task, test);
    }
    return task;
  }

  /** `test` is the one that the hook runs for, if it is for one. */
  hook(hook: Circus.Hook, test: Circus.TestEntry | undefined): Task {
    const each = hook.type === 'beforeEach' || hook.type === 'afterEach';
    const scope = each && test ? this.test(test) : this.block(hook.parent);
    const known = this.#hooks.get(hook) ?? new WeakMap<Task, Task>();
    this.#hooks.set(hook, known);
    let task = known.get(scope);
    if (task === undefined) {
      const where = each && test ? fullName(test) : fullName(hook.parent);
      const name = where === '' ? hook.type : `${hook.type} of ${where}`;
      task = new Task('hook', name, this.#placeOf(hook.asyncError), scope);
      known.set(scope, task);
    }
    this.#latest.set(hook, task);
    return task;
  }

  /** The task of a test, or the latest one that a hook ran for. */
  taskOf(entry: Circus.TestEntry | Circus.Hook): Task | undefined {
    return entry.type === 'test' ? this.test(entry) : this.#latest.get(entry);
  }

  /** The test that fails for what a task did: its own, or the one that a hook ran for. */
  testOf(task: Task): Circus.TestEntry | undefined {
    return this.#entries.get(task) ?? this.#entries.get(task.scope);
  }

  /**
   * Circus notes where a test and a hook are written in an error that it keeps for itself. Its stack is put
   * into words when it is read, which takes longer than many a test.
   */
  #placeOf(error: unknown): () => Place | undefined {
    return () => {
      // An error of the tests' realm is no instance of ours.
      const { stack } = Object(error) as { stack?: unknown };
      return typeof stack === 'string' ? this.placeIn(stack) : undefined;
    };
  }
}

function fullName(of: Circus.TestEntry | Circus.DescribeBlock): string {
  const names: string[] = [];
  for (let at: typeof of | undefined = of; at && at.name !== ROOT; at = at.parent) {
    names.unshift(String(at.name));
  }
  return names.join(' ');
}
