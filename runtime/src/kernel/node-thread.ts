import { shared } from './realm.js';

interface Scope {
  process?: { abort?: { disabled?: boolean }; getBuiltinModule?(id: string): unknown };
}

/** Returns true in a worker of Node. There, `process.abort` is marked as disabled; reading that loads no module. */
export function isNodeWorker(): boolean {
  return (globalThis as Scope).process?.abort?.disabled === true;
}

/** Returns true while this thread's modules are evaluated, when no message can have arrived yet. */
export function isEarly(): boolean {
  return thread.early;
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
  return thread.left;
}

/** Takes the record at once: workers that uninstrumented code creates here must not find it. */
export function takeRecord(): void {
  if (!isNodeWorker()) return;
  const threads = workerThreads();
  thread.left = threads?.getEnvironmentData(START);
  if (thread.left !== undefined) threads!.setEnvironmentData(START, undefined);
  setImmediate(() => (thread.early = false)).unref();
}

const thread = shared('node-thread', { early: true, left: undefined as unknown });
