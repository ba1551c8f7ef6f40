import { parentPort, workerData } from 'node:worker_threads';
import { CollectorError, errorMessage } from '../errors.js';
import { AppendQueue } from './append-queue.js';
import { evictRegularly } from './retention.js';
import { SqliteStore } from './sqlite-store.js';
import type { Answer, Call, ThreadData } from './thread-messages.js';

// The thread in which a store of SQLite runs: its calls block, and the collector must answer meanwhile.

const port = parentPort!;
const { file, limits, writes } = workerData as ThreadData;

const opened = SqliteStore.open(file);
opened.then(start, () => {});

function start(store: SqliteStore): void {
  const queue = new AppendQueue(store, {
    isPassing: (error) => SqliteStore.isPassing(error),
    onFailing: (problem) => port.postMessage({ failing: problem ?? false } satisfies Answer),
    afterEach: () => retention.check(),
  });
  const retention = evictRegularly(store, limits, writes);

  port.on('message', ({ id, method, argument }: Call) => {
    answer(id, () => {
      if (method === 'append') return queue.append(argument as Uint8Array);
      if (method === 'task') return store.taskJson(argument as string);
      if (method === 'tasks') return store.tasks(argument as { offset: number; limit: number });
      if (method === 'size') return store.size();
      return close();
    });
  });

  async function close(): Promise<void> {
    retention.stop();
    await queue.close();
    await store.close();
    // Its last message is sent before the thread ends, because nothing else is left to do.
    setImmediate(() => port.close());
  }
}

/** Id 0 is the opening itself. */
answer(0, async () => void (await opened));

function answer(id: number, work: () => Promise<unknown>): void {
  work().then(
    (result) => port.postMessage({ id, result } satisfies Answer),
    (error: unknown) => {
      const code = error instanceof CollectorError ? error.code : undefined;
      port.postMessage({ id, error: { code, message: errorMessage(error) } } satisfies Answer);
    },
  );
}
