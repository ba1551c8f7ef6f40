import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from './ledger/task.js';

const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\s][^()]*):(\d+):(\d+)\)?$/;

/** Finds lines of the project in stacks: below its folder, and of no installed package. */
export class Places {
  constructor(
    private readonly rootDir: string,
    /** The folder of what stands between a compiled function and its caller. */
    private readonly runtimeDir: string,
  ) {}

  /** The first line of a stack that is the project's own. */
  readonly first = (stack: string): Place | undefined => this.#find(stack.split('\n'));

  /** In a stack that was taken where a compiled function begins: the line that called it. */
  readonly caller = (stack: string): Place | undefined => {
    const [, ...lines] = stack.split('\n');
    const own = lines.findIndex((line) => !line.includes(this.runtimeDir));
    return this.#find(lines.slice(own + 1));
  };

  /** Paths are given as the plugin gives them, from the project's folder on. */
  #find(lines: readonly string[]): Place | undefined {
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
