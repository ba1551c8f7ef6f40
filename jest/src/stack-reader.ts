import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourcePosition } from './ledger/owner.js';

const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\s][^()]*):(\d+):(\d+)\)?$/;

/** Finds the project's own lines in stacks: files in its folder, but not in node_modules. */
export class StackReader {
  constructor(
    private readonly rootDir: string,
    /** The folder of the runtime, whose lines sit between an instrumented function and its caller. */
    private readonly runtimeDir: string,
  ) {}

  /** Returns the first line of a stack that belongs to the project. */
  readonly first = (stack: string): SourcePosition | undefined => this.#find(stack.split('\n'));

  /** Returns the line that called an instrumented function, from a stack captured where the function begins. */
  readonly caller = (stack: string): SourcePosition | undefined => {
    const [, ...lines] = stack.split('\n');
    const own = lines.findIndex((line) => !line.includes(this.runtimeDir));
    return this.#find(lines.slice(own + 1));
  };

  /** Returns paths as the plugin writes them: relative to the project's folder. */
  #find(lines: readonly string[]): SourcePosition | undefined {
    for (const text of lines) {
      const [, path, row, column] = FRAME.exec(text.trim()) ?? [];
      if (path === undefined) continue;
      const file = path.startsWith('file:') ? fileURLToPath(path) : path;
      if (!isAbsolute(file) || /[\\/]node_modules[\\/]/.test(file)) continue;
      const below = relative(this.rootDir, file);
      if (below.startsWith('..') || isAbsolute(below)) continue;
      // Stacks count columns from 1, syntax trees from 0.
      return { file: below.replaceAll('\\', '/'), line: Number(row), column: Number(column) - 1 };
    }
    return undefined;
  }
}
