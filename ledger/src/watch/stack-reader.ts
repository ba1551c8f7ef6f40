import type { SourcePosition } from '../owner.js';

const FRAME = /(?:\(|at (?:async )?|@)((?:\w+:\/\/)?[^()\s@][^()]*?)(?:\?[^:()]*)?:(\d+):(\d+)\)?$/;

/** Finds the project's own lines in stacks: files in its folder, but not in node_modules. */
export class StackReader {
  readonly #root: string;
  #isStopped = false;

  constructor(
    rootDir: string,
    /** Parts of the paths of the runtime, whose lines sit between an instrumented function and its caller. */
    private readonly runtime: readonly string[],
    /** Returns the path of a file that stacks name by its address. Positions in such stacks are of generated code. */
    private readonly pathOf?: (address: string) => string,
  ) {
    this.#root = `${unified(rootDir).replace(/\/$/, '')}/`;
  }

  /** Returns the first line of a stack that belongs to the project. */
  readonly first = (stack: string): SourcePosition | undefined => this.#find(stack.split('\n'));

  /** Returns the line that called an instrumented function, from a stack captured where the function begins. */
  readonly caller = (stack: string): SourcePosition | undefined => {
    const [, ...lines] = stack.split('\n');
    const own = lines.findIndex((line) => !this.runtime.some((path) => line.includes(path)));
    return this.#find(lines.slice(own + 1));
  };

  /** Returns true for the name of a file, as the engine has it, in which `first` finds no line. */
  readonly isForeign = (file: string): boolean =>
    file.startsWith('node:') || unified(file).includes('/node_modules/');

  /** Makes all lines unknown from now on: the runner has forgotten its source maps. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Returns paths as the plugin writes them: relative to the project's folder. */
  #find(lines: readonly string[]): SourcePosition | undefined {
    if (this.#isStopped) return undefined;
    for (const text of lines) {
      const [, path, row, column] = FRAME.exec(text.trim()) ?? [];
      if (path === undefined) continue;
      const file = unified(this.pathOf?.(path) ?? path);
      if (!file.startsWith(this.#root) || file.includes('/node_modules/')) continue;
      // Stacks count columns from 1, syntax trees from 0.
      const below = file.slice(this.#root.length);
      const position = { file: below, line: Number(row), column: Number(column) - 1 };
      return this.pathOf ? { ...position, generated: true } : position;
    }
    return undefined;
  }
}

/** Returns a path with forward slashes, also for the address of a file. */
function unified(path: string): string {
  if (!path.startsWith('file:')) return path.replaceAll('\\', '/');
  return decodeURIComponent(new URL(path).pathname).replace(/^\/(?=[A-Za-z]:)/, '');
}
