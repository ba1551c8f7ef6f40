import type { Cargo } from './cargo.js';

/** Of `node:worker_threads`, what is used here. The core imports nothing: Node is asked for it. */
export interface WorkerThreads {
  readonly threadId: number;
  readonly parentPort: object | null;
  getEnvironmentData(key: string): unknown;
  setEnvironmentData(key: string, value: unknown): void;
}

interface NodeProcess {
  getBuiltinModule?(id: string): unknown;
  abort?: { disabled?: boolean };
}

const node = (globalThis as { process?: NodeProcess }).process;

/** Node says of what a worker must not do that it is disabled: no module has to be loaded to ask. */
export function isNodeWorker(): boolean {
  return node?.abort?.disabled === true;
}

export function workerThreads(): WorkerThreads | undefined {
  return node?.getBuiltinModule?.('worker_threads') as WorkerThreads | undefined;
}

/** The key of the environment data that goes along with a new worker. */
export const START = 'throughline.start';

/**
 * What a creator leaves for its worker. Environment data goes along when a worker is made, and no
 * program sees what it does not ask for.
 */
export interface StartRecord {
  readonly cargo: Cargo | undefined;
  /** The ledger of the creator and this one worker. */
  readonly memory: SharedArrayBuffer;
}
