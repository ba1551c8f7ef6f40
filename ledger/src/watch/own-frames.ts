interface Failure {
  stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Removes the lines of our own packages from stacks, so that failures look as they do without us. */
export class OwnFrames {
  /** `folders` are the folders of our packages as they stand in stacks. */
  constructor(private readonly folders: readonly string[]) {}

  /** Removes them from a failure, and from its `cause` and the errors of an `AggregateError`. */
  hide(failure: unknown, seen = new Set<unknown>()): void {
    if (typeof failure !== 'object' || failure === null || seen.has(failure)) return;
    seen.add(failure);
    const { stack, cause, errors } = failure as Failure;
    if (typeof stack === 'string') {
      const lines = stack.split('\n');
      const left = lines.filter((line) => !this.#isOwn(line));
      // A stack may be frozen.
      if (left.length < lines.length) Reflect.set(failure, 'stack', left.join('\n'));
    }
    this.hide(cause, seen);
    if (Array.isArray(errors)) for (const one of errors) this.hide(one, seen);
  }

  #isOwn(line: string): boolean {
    return /^\s*at |@/.test(line) && this.folders.some((folder) => line.includes(folder));
  }
}
