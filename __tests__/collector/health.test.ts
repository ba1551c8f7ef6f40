import { CodeFolders } from '../../collector/src/code/folders';
import { encodeBatch } from '@throughline/runtime/report';
import { Acceptor } from '../../collector/src/ingest/accept';
import { ReportServer } from '../../collector/src/ingest/report-server';
import { webApp } from '../../collector/src/query/web';
import { AppendQueue } from '../../collector/src/store/append-queue';
import type { Outcome, Store } from '../../collector/src/store/store';
import { event } from '../harness/trace-events';
import { until } from '../harness/until';

const batch = (...numbers: number[]): Uint8Array => encodeBatch(numbers.map((of) => event(1, of)));

/** A store that keeps nothing, and whose transactions the test ends. */
class Controlled {
  failure: Error | undefined;
  readonly transactions: number[] = [];
  private readonly waiting: (() => void)[] = [];

  async append(batches: readonly Uint8Array[]): Promise<Outcome[]> {
    this.transactions.push(batches.length);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failure) throw this.failure;
    return batches.map(() => ({ kept: 1, duplicates: 0, conflicts: 0, refused: 0 }));
  }

  async size(): Promise<object> {
    return { tasks: 0, events: 0, bytes: 0, evicted: { tasks: 0, events: 0 } };
  }

  /** Ends the oldest transaction, once it has begun. */
  async end(): Promise<void> {
    await until('a transaction', () => this.waiting.length > 0);
    this.waiting.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the queue of a store', () => {
  let store: Controlled;
  let queue: AppendQueue;
  let said: (string | undefined)[];
  beforeEach(() => {
    store = new Controlled();
    said = [];
    queue = new AppendQueue(store as unknown as Store, {
      isPassing: (error) => /full/.test(String(error)),
      onFailing: (problem) => said.push(problem),
    });
  });

  test('stores in one transaction what arrives while another one runs', async () => {
    const all = [queue.append(batch(1))];
    await until('the first', () => store.transactions.length === 1);
    all.push(queue.append(batch(2)), queue.append(batch(3)));
    await store.end();
    await store.end();

    expect(await Promise.all(all)).toHaveLength(3);
    expect(store.transactions).toEqual([1, 2]);
  });

  test('tries again until the disk has room, and says so meanwhile', async () => {
    store.failure = new Error('the disk is full');
    const stored = queue.append(batch(1));
    for (let i = 0; i < 3; i++) await store.end();
    expect(said).toEqual(Array(3).fill('the disk is full'));
    store.failure = undefined;
    await store.end();

    expect(await stored).toMatchObject({ kept: 1 });
    expect(said.at(-1)).toBeUndefined();
  });

  test('a batch that cannot be stored does not take others with it', async () => {
    store.failure = new Error('broken');
    const [bad, good] = [queue.append(batch(1)), queue.append(batch(2))];
    const refused = expect(bad).rejects.toThrow('broken');
    await store.end();
    await store.end();
    store.failure = undefined;
    await store.end();

    await refused;
    expect(await good).toMatchObject({ kept: 1 });
    expect(store.transactions).toEqual([2, 1, 1]);
  });

  test('rejects what it could not store when it is closed', async () => {
    store.failure = new Error('the disk is full');
    const lost = expect(queue.append(batch(1))).rejects.toThrow('full');
    await store.end();
    const closing = queue.close();
    await store.end();

    await Promise.all([lost, closing]);
  });
});

describe('what is accepted', () => {
  const sum = ({ counters: of }: Acceptor): number =>
    of.kept + of.duplicates + of.conflicts + of.refused + of.dropped + of.waiting;

  test('every report is counted while it waits and afterwards', async () => {
    const store = new Controlled();
    const acceptor = new Acceptor(store as unknown as Store);
    const [first, second] = [acceptor.accept(batch(1)), acceptor.accept(batch(2))];
    expect(acceptor.counters).toMatchObject({ received: 2, kept: 0, waiting: 2 });
    await store.end();
    await first;
    expect(acceptor.counters).toMatchObject({ received: 2, kept: 1, waiting: 1 });
    store.failure = new Error('closed');
    const dropped = expect(second).rejects.toThrow('closed');
    await store.end();
    await dropped;

    expect(acceptor.counters).toMatchObject({ kept: 1, dropped: 1, waiting: 0 });
    expect(sum(acceptor)).toBe(acceptor.counters.received);
    expect(acceptor.lastProblem).toBe('1 reports were dropped: closed');
  });

  test('is full while too many bytes wait, and says when there is room', async () => {
    const store = new Controlled();
    const acceptor = new Acceptor(store as unknown as Store, (batch(1).length + 1024) * 2);
    const all = [acceptor.accept(batch(1))];
    expect(acceptor.isFull).toBe(false);
    all.push(acceptor.accept(batch(2)));
    expect(acceptor.isFull).toBe(true);
    let hasRoom = false;
    const room = acceptor.room().then(() => (hasRoom = true));
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    await store.end();
    await room;
    await store.end();
    await Promise.all(all);
    await acceptor.drain();
  });
});

test('/health is 503 while the store fails or is full, and 200 once it works again', async () => {
  const store = new Controlled() as unknown as Store & { failing?: string | undefined };
  const acceptor = new Acceptor(store, 1);
  const app = webApp({
    ...{
      store,
      acceptor,
      reports: new ReportServer(acceptor),
      host: '127.0.0.1',
      allowOrigins: [],
      code: new CodeFolders([], undefined),
      file: undefined,
      isShared: false,
      token: undefined,
    },
    reportAddress: () => '127.0.0.1:5563',
  });
  const health = async (): Promise<{ status: number; body: unknown }> => {
    const response = await app.request('/health');
    return { status: response.status, body: await response.json() };
  };
  expect(await health()).toMatchObject({ status: 200, body: { ok: true, problems: [] } });

  store.failing = 'the disk is full';
  expect(await health()).toMatchObject({
    status: 503,
    body: { ok: false, problems: ['the store fails: the disk is full. It is tried again.'] },
  });
  store.failing = undefined;
  const accepted = acceptor.accept(batch(1));
  expect(await health()).toMatchObject({
    status: 503,
    body: { ok: false, reports: { waiting: 1 } },
  });
  await (store as unknown as Controlled).end();
  await accepted;
  expect(await health()).toMatchObject({ status: 200, body: { ok: true } });
});
