// Builds for pages and React Native replace `node-worker.ts` with this file: workers of Node are made by Node.

export function newNodeWorker<W>(_threads: unknown, make: () => W): W {
  return make();
}

export function startNodeThread(): void {}
