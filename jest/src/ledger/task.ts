/** What a piece of the program is, to people: a test, a hook, a block of tests, a whole file. */
export type TaskKind = 'file' | 'describe' | 'hook' | 'test';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * One thing that was asked for, to which everything it spawns belongs.
 *
 * What a task starts may outlive its own run: what `beforeEach` opens is there for the test, what
 * `beforeAll` opens for the whole block. `scope` is the task until whose end it may last.
 */
export class Task {
  #closed = false;
  readonly scope: Task;

  constructor(
    readonly kind: TaskKind,
    /** Its full name, as the runner writes it. */
    readonly name: string,
    /** Where it is written; asked for when it is reported. */
    private readonly locate: (() => Place | undefined) | undefined,
    scope?: Task,
  ) {
    this.scope = scope ?? this;
  }

  get place(): Place | undefined {
    return this.locate?.();
  }

  /** Nothing that belongs to it may happen from now on. */
  close(): void {
    this.#closed = true;
  }

  /** It runs again: a test that is retried. */
  reopen(): void {
    this.#closed = false;
  }

  get isOver(): boolean {
    return this.#closed || (this.scope !== this && this.scope.isOver);
  }
}
