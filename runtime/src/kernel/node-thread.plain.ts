// Builds for pages and React Native replace `node-thread.ts` with this file: they are no workers of Node.

export type { WorkerThreads } from './node-thread.js';

export const START = '';

export function isNodeWorker(): boolean {
  return false;
}

export function isEarly(): boolean {
  return false;
}

export function workerThreads(): undefined {
  return undefined;
}

export function recordOfCreator(): unknown {
  return undefined;
}

export function takeRecord(): void {}
