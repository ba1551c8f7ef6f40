import { openBridgeByDefault } from './engine-storage.js';
import { shared } from './realm.js';
import { setCurrentFrame } from './current.js';
import { LateFrame } from './frame.js';
import type { Frame } from './frame.js';

/** Replaces the values of the frame that this thread's modules start from. */
export function changeStartFrame(change: (start: Frame) => Frame): void {
  start.frame.become(change(start.frame));
}

interface Scope {
  WorkerGlobalScope?: unknown;
  process?: { abort?: { disabled?: boolean }; getBuiltinModule?(id: string): unknown };
}

/** Returns true in a worker of Node. There, `process.abort` is marked as disabled; reading that loads no module. */
export function isNodeWorker(): boolean {
  return (globalThis as Scope).process?.abort?.disabled === true;
}

/** Returns true in a Web worker. */
export function isWebWorker(): boolean {
  const { WorkerGlobalScope } = globalThis as Scope;
  return typeof WorkerGlobalScope === 'function' && globalThis instanceof WorkerGlobalScope;
}

/** Returns true while this thread's modules are evaluated, when no message can have arrived yet. */
export function isEarly(): boolean {
  return start.early;
}

/** The part of `node:worker_threads` that is used here. */
export interface WorkerThreads {
  readonly threadId: number;
  readonly parentPort: object | null;
  getEnvironmentData(key: string): unknown;
  setEnvironmentData(key: string, value: unknown): void;
}

/** Returns `node:worker_threads` where there is one. Not imported, so that bundles for pages stay free of it. */
export function workerThreads(): WorkerThreads | undefined {
  const { process } = globalThis as Scope;
  return process?.getBuiltinModule?.('worker_threads') as WorkerThreads | undefined;
}

/** The key of the environment data that a new worker of Node receives. */
export const START = 'throughline.start';

/** Returns the record that this worker's creator left for it, if any. */
export function recordOfCreator(): unknown {
  return start.left;
}

/** Takes the record at once: workers that uninstrumented code creates here must not find it. */
function take(threads: WorkerThreads | undefined): void {
  start.left = threads?.getEnvironmentData(START);
  if (start.left !== undefined) threads!.setEnvironmentData(START, undefined);
}

/** Runs once per realm; in a worker, while its modules are evaluated. */
function begin(): void {
  openBridgeByDefault();
  if (isNodeWorker()) {
    take(workerThreads());
    setImmediate(() => (start.early = false)).unref();
  }
  if (isNodeWorker() || isWebWorker()) setCurrentFrame(start.frame);
}

const own = {
  /**
   * The frame in which a worker's modules are evaluated, so that everything they register starts from it. It
   * holds the creator's slots, even those that become known or are registered later (threads/start.ts).
   */
  frame: new LateFrame([]),
  early: true,
  left: undefined as unknown,
};
const start = shared('start', own);
if (start === own) begin();
