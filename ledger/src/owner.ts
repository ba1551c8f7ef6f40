/** The kind of an owner, in the words of a test runner. */
export type OwnerKind = 'file' | 'describe' | 'hook' | 'test';

/** A position in a source file: its path relative to the project, line from 1, column from 0. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** True while the position is one of generated code, which a source map has to translate. */
  readonly generated?: true;
}

/**
 * A test, a hook, a describe block or a file. Everything that it spawns belongs to it.
 *
 * What an owner starts may outlive its own run: handles opened in `beforeEach` last until the test ends, handles
 * opened in `beforeAll` until the block ends. `scope` is the owner until whose end they may last.
 */
export class Owner {
  #closed = false;
  readonly scope: Owner;

  constructor(
    readonly kind: OwnerKind,
    /** Its name, after those of the blocks around it. */
    private readonly path: readonly string[],
    /** Finds its position. Called only when it is reported. */
    private readonly locate: (() => SourcePosition | undefined) | undefined,
    scope?: Owner,
  ) {
    this.scope = scope ?? this;
  }

  /** The name as reports print it: `"cart › adds"`. */
  get name(): string {
    return this.path.join(' › ');
  }

  /** The name as runners match it: `"cart adds"`. */
  get fullName(): string {
    return this.path.join(' ');
  }

  get position(): SourcePosition | undefined {
    return this.locate?.();
  }

  /** Marks it as finished: anything it does from now on is late. */
  close(): void {
    this.#closed = true;
  }

  /** Marks it as running again, when a test is retried. */
  reopen(): void {
    this.#closed = false;
  }

  get isOver(): boolean {
    return this.#closed || (this.scope !== this && this.scope.isOver);
  }
}
