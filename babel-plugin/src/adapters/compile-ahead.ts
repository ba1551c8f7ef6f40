import { availableParallelism, totalmem } from 'node:os';
import { isMainThread, Worker } from 'node:worker_threads';
import { invalidOption } from '../errors.js';
import type { ModuleFormat } from '../module-format.js';
import type { NodeFiles } from './node-files.js';

/** More threads than this have too little to do: each must load Babel first. */
const MOST_THREADS = 4;
/** What a thread, and the program beside them, is reckoned to need. */
const MEMORY_OF_THREAD = 2 ** 30;
/** A thread that needs more ends, and the program compiles the rest. */
const LARGEST_HEAP_MB = 600;

/** What a thread is given. */
export interface Task {
  /** File that the program starts with. */
  readonly entry: string;
  /** Format of a required file whose package names none. */
  readonly required: ModuleFormat | undefined;
  /** How many files all threads together have taken, from the end of the list. */
  readonly taken: Int32Array;
}

/**
 * Makes a first start faster: while the program loads file by file, other threads compile into the cache what it will
 * load last. Nobody waits for them, and the program ends without them. The environment variable `THROUGHLINE_THREADS`
 * says how many; by default, one for each processor and gigabyte of memory but one, and at most four.
 *
 * `required` is the format of a required file whose package names none.
 */
export function compileAhead(files: NodeFiles, required: ModuleFormat | undefined): void {
  const [, entry] = process.argv;
  const threads = threadsAsked() ?? threadsByDefault();
  if (!isMainThread || entry === undefined || threads < 1 || !files.isFirstStart()) return;
  const task: Task = { entry, required, taken: new Int32Array(new SharedArrayBuffer(4)) };
  for (let i = 0; i < threads; i++) start(task);
}

function threadsByDefault(): number {
  // The limit of a container, if there is one.
  const memory = Math.min(process.constrainedMemory() || Infinity, totalmem());
  const places = Math.min(availableParallelism(), Math.floor(memory / MEMORY_OF_THREAD));
  return Math.min(places - 1, MOST_THREADS);
}

/** Returns the number in `THROUGHLINE_THREADS`. Throws `TL_OPTION_INVALID`. */
function threadsAsked(): number | undefined {
  const text = process.env['THROUGHLINE_THREADS'];
  if (text === undefined) return undefined;
  if (!/^\d{1,2}$/.test(text))
    throw invalidOption('THROUGHLINE_THREADS', 'a number from 0 to 99', text);
  return Number(text);
}

function start(task: Task): void {
  try {
    const thread = new Worker(new URL('../../esm/adapters/ahead-thread.js', import.meta.url), {
      workerData: task,
      // Not the hooks of the program.
      execArgv: ['--experimental-import-meta-resolve', '--no-warnings'],
      env: { ...process.env, NODE_OPTIONS: '' },
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MB },
      // What cannot be compiled is said where it is loaded.
      stdout: true,
      stderr: true,
    });
    thread.on('error', ignore).unref();
  } catch {
    // Threads may be forbidden (Node, "Permission model"): the program compiles alone.
  }
}

function ignore(): void {}
