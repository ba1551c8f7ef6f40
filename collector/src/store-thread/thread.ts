import { parentPort, workerData } from 'node:worker_threads';
import { isClickHouse } from '../store/location.js';
import { CollectorError, errorMessage } from '../errors.js';
import type { TaskRange } from '../store/store.js';
import type { Backend } from './backend.js';
import type { Answer, Call, HistogramRange, News, SliceRange, ThreadData } from './messages.js';
import { openSqlite } from './sqlite-backend.js';

// The thread in which a store runs: calls of SQLite block, reports are encoded, and the collector must answer meanwhile.

const port = parentPort!;

const opened = open(workerData as ThreadData);
opened.then(start, () => {});

async function open(data: ThreadData): Promise<Backend> {
  const tell = (news: News): void => port.postMessage(news satisfies Answer);
  if (!isClickHouse(data.location)) return openSqlite(data, tell);
  // Its client is loaded by those who need it.
  const { openClickHouse } = await import('./clickhouse-backend.js');
  return openClickHouse(data, tell);
}

function start({ store, append, close }: Backend): void {
  const methods: Record<Call['method'], (argument: never) => Promise<unknown>> = {
    append,
    task: (taskId: string) => store.taskJson(taskId),
    slice: ({ taskId, after, limit }: SliceRange) => store.sliceJson(taskId, after, limit),
    tasks: (range: TaskRange) => store.tasks(range),
    histogram: ({ where, parts }: HistogramRange) => store.histogram(where, parts),
    size: () => store.size(),
    async close() {
      await close();
      // Its last message is sent before the thread ends, because nothing else is left to do.
      setImmediate(() => port.close());
    },
  };
  port.on('message', ({ id, method, argument }: Call) => {
    answer(id, () => methods[method](argument as never));
  });
}

/** Id 0 is the opening itself. */
answer(0, async () => (await opened).spooled);

function answer(id: number, work: () => Promise<unknown>): void {
  work().then(
    (result) => port.postMessage({ id, result } satisfies Answer),
    (error: unknown) => {
      const code = error instanceof CollectorError ? error.code : undefined;
      port.postMessage({ id, error: { code, message: errorMessage(error) } } satisfies Answer);
    },
  );
}
