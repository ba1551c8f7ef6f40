import { shared } from './realm.js';
import { setCurrentFrame } from './here.js';
import { LateFrame } from './frame.js';
import type { Frame } from './frame.js';

export function startsFrom(change: (start: Frame) => Frame): void {
  start.frame.become(change(start.frame));
}

interface Scope {
  WorkerGlobalScope?: unknown;
  process?: { abort?: { disabled?: boolean }; getBuiltinModule?(id: string): unknown };
}

/** Node says of what a worker must not do that it is disabled: no module has to be loaded to ask. */
export function isNodeWorker(): boolean {
  return (globalThis as Scope).process?.abort?.disabled === true;
}

export function isWebWorker(): boolean {
  const { WorkerGlobalScope } = globalThis as Scope;
  return typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope;
}

/** Whether this thread's modules are still being evaluated, so that no message can have arrived. */
export function isEarly(): boolean {
  return start.early;
}

/** Of `node:worker_threads`, what is used here. The runtime imports nothing: Node is asked for it. */
export interface WorkerThreads {
  readonly threadId: number;
  readonly parentPort: object | null;
  getEnvironmentData(key: string): unknown;
  setEnvironmentData(key: string, value: unknown): void;
}

export function workerThreads(): WorkerThreads | undefined {
  const { process } = globalThis as Scope;
  return process?.getBuiltinModule?.('worker_threads') as WorkerThreads | undefined;
}

/** The key of the environment data that goes along with a new worker of Node. */
export const START = 'throughline.start';

/** What this worker's creator left for it, if it did. */
export function leftByCreator(): unknown {
  return start.left;
}

/** Takes it at once: workers that code which is not compiled makes here must not find it. */
function take(threads: WorkerThreads | undefined): void {
  start.left = threads?.getEnvironmentData(START);
  if (start.left !== undefined) threads!.setEnvironmentData(START, undefined);
}

/** Once a realm: in a worker, that is while its modules are evaluated. */
function begin(): void {
  if (isNodeWorker()) {
    take(workerThreads());
    setImmediate(() => (start.early = false)).unref();
  }
  if (isNodeWorker() || isWebWorker()) setCurrentFrame(start.frame);
}

const own = {
  /**
   * What the modules of a worker are evaluated in, so that all they register starts from there too: its
   * creator's slots, even where they become known, or are registered, only later (threads/start.ts).
   */
  frame: new LateFrame([]),
  early: true,
  left: undefined as unknown,
};
const start = shared('start', own);
if (start === own) begin();
