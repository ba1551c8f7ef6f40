import { parentPort, workerData } from 'node:worker_threads';
import { CollectorError, errorMessage } from '../errors.js';
import { AppendQueue } from './append-queue.js';
import { evictRegularly } from './retention.js';
import { SqliteStore } from './sqlite-store.js';
import type { TaskRange } from './store.js';
import type { Answer, Call, HistogramRange, SliceRange, ThreadData } from './thread-messages.js';

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

  const methods: Record<Call['method'], (argument: never) => Promise<unknown>> = {
    append: (batch: Uint8Array) => queue.append(batch),
    task: (taskId: string) => store.taskJson(taskId),
    slice: ({ taskId, after, limit }: SliceRange) => store.sliceJson(taskId, after, limit),
    tasks: (range: TaskRange) => store.tasks(range),
    histogram: ({ where, parts }: HistogramRange) => store.histogram(where, parts),
    size: () => store.size(),
    close,
  };
  port.on('message', ({ id, method, argument }: Call) => {
    answer(id, () => methods[method](argument as never));
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
