import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { CollectorError } from '../errors.js';
import type { TaskCondition } from '../search/task-query.js';
import type { BatchBytes } from '../reports/batch.js';
import type { RetentionLimits } from '../store/retention.js';
import type {
  Outcome,
  Store,
  StoreSize,
  TaskHistogram,
  TaskPage,
  TaskRange,
} from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import type { Answer, Call, SpoolSettings, ThreadData } from './messages.js';

const YOUNG_GENERATION_MB = 16;

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A store in threads of its own: one writes, and another one answers queries meanwhile. */
export class ThreadedStore implements Store {
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly writer: StoreThread,
    private readonly reader: StoreThread,
  ) {}

  /** Opens the store: a file, `:memory:`, or a ClickHouse server (`settings.ts`). Throws `TL_STORE_UNAVAILABLE`. */
  static async open(
    location: string,
    limits: RetentionLimits,
    spool: SpoolSettings,
  ): Promise<ThreadedStore> {
    const data = { location, limits, spool };
    const writer = await StoreThread.start({ ...data, writes: true });
    // What is in memory, only its own connection sees.
    if (location === ':memory:') return new ThreadedStore(writer, writer);
    try {
      return new ThreadedStore(writer, await StoreThread.start({ ...data, writes: false }));
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Why nothing can be stored at the moment, if so. It tries again by itself. */
  get failing(): string | undefined {
    return this.writer.failing;
  }

  /** Why the store cannot be reached at the moment, if so. Reports wait on disk meanwhile. */
  get away(): string | undefined {
    return this.writer.away;
  }

  /** How many reports the process before has left on disk. */
  get inherited(): number {
    return this.writer.spooled;
  }

  /** Calls `tell` with what became of reports that have waited on disk. */
  onSettled(tell: (outcomes: readonly Outcome[]) => void): void {
    this.writer.tellSettled(tell);
  }

  /** Takes the buffers of the batches: they are empty afterwards. */
  append(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    return Promise.all(
      batches.map((batch) =>
        this.writer.call<Outcome>('append', batch, [batch.buffer as ArrayBuffer]),
      ),
    );
  }

  async task(taskId: string): Promise<TraceEvent[]> {
    const parts = await this.taskJson(taskId);
    if (parts.length === 0) return [];
    return (JSON.parse(Buffer.concat(parts).toString()) as { events: TraceEvent[] }).events;
  }

  taskJson(taskId: string): Promise<readonly Uint8Array[]> {
    return this.reader.call('task', taskId);
  }

  sliceJson(taskId: string, after: string, limit: number): Promise<Uint8Array | undefined> {
    return this.reader.call('slice', { taskId, after, limit });
  }

  tasks(range: TaskRange): Promise<TaskPage> {
    return this.reader.call('tasks', range);
  }

  histogram(where: readonly TaskCondition[], parts: number): Promise<TaskHistogram | undefined> {
    return this.reader.call('histogram', { where, parts });
  }

  size(): Promise<StoreSize> {
    return this.reader.call('size', undefined);
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeThreads());
  }

  private async closeThreads(): Promise<void> {
    if (this.reader !== this.writer) await this.reader.close();
    await this.writer.close();
  }
}

/** A thread with a store, and the calls that it has not answered. */
class StoreThread {
  failing: string | undefined;
  away: string | undefined;
  spooled = 0;
  /** Why it can answer no more. */
  private dead: Error | undefined;
  private readonly pending = new Map<number, Pending>();
  private readonly ended: Promise<void>;
  private lastId = 0;
  /** What was settled before somebody wanted to know. */
  private readonly settled: Outcome[] = [];
  private onSettled = (outcomes: readonly Outcome[]): void => void this.settled.push(...outcomes);

  private constructor(private readonly worker: Worker) {
    worker.on('message', (answer: Answer) => this.settle(answer));
    this.ended = new Promise((resolve) => {
      worker.on('error', (error) => this.rejectAll(error));
      worker.on('exit', () => {
        this.rejectAll(new CollectorError('TL_STORE_UNAVAILABLE', 'The store is closed.'));
        resolve();
      });
    });
  }

  static async start(data: ThreadData): Promise<StoreThread> {
    const worker = new Worker(fileURLToPath(new URL('./thread.js', import.meta.url)), {
      workerData: data,
      // Most objects of a thread live for one transaction or one query. With more room, they are only collected later.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      // Not those of the program that the collector is part of, such as a hook that compiles.
      execArgv: [],
    });
    const thread = new StoreThread(worker);
    thread.spooled = await new Promise((resolve, reject) => {
      thread.pending.set(0, { resolve, reject });
    });
    return thread;
  }

  call<T>(
    method: Call['method'],
    argument: unknown,
    transferred: readonly ArrayBuffer[] = [],
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      // A thread that has ended ignores what it is sent.
      if (this.dead !== undefined) return reject(this.dead);
      const id = ++this.lastId;
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, argument } satisfies Call, transferred);
    });
  }

  tellSettled(tell: (outcomes: readonly Outcome[]) => void): void {
    this.onSettled = tell;
    tell(this.settled.splice(0));
  }

  async close(): Promise<void> {
    if (this.dead === undefined) await this.call('close', undefined);
    await this.ended;
  }

  private settle(answer: Answer): void {
    if ('failing' in answer) return void (this.failing = answer.failing || undefined);
    if ('away' in answer) return void (this.away = answer.away || undefined);
    if ('settled' in answer) return this.onSettled(answer.settled);
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (!('error' in answer)) pending?.resolve(answer.result as never);
    else pending?.reject(errorOf(answer.error));
  }

  private rejectAll(error: Error): void {
    this.dead ??= error;
    this.failing = this.dead.message;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

/** Makes the error of the thread again. The message of one with a code ends with it already. */
function errorOf({ code, message }: Extract<Answer, { error: unknown }>['error']): Error {
  return code === undefined ? new Error(message) : CollectorError.again(code, message);
}
