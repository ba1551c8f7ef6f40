import { Acceptor } from '../../collector/src/ingest/accept';
import { PubsubServer } from '../../collector/src/ingest/pubsub';
import { webApp } from '../../collector/src/query/web';
import type { Store } from '../../collector/src/store/store';
import { event } from '../harness/trace-events';

/** A store that keeps nothing, and whose operations the test ends. */
class Controlled {
  failure: Error | undefined;
  private readonly waiting: (() => void)[] = [];

  async append(events: readonly unknown[]): Promise<number> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failure) throw this.failure;
    return events.length;
  }

  async tasks(): Promise<{ tasks: []; total: number }> {
    if (this.failure) throw this.failure;
    return { tasks: [], total: 0 };
  }

  /** Ends the oldest write, once it has begun. */
  async endWrite(): Promise<void> {
    while (this.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    this.waiting.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let controlled: Controlled;
let acceptor: Acceptor;
let health: () => Promise<{ status: number; body: unknown }>;
let said: jest.SpyInstance;

beforeEach(() => {
  said = jest.spyOn(console, 'error').mockImplementation(() => {});
  controlled = new Controlled();
  const store = controlled as unknown as Store;
  acceptor = new Acceptor(store);
  const app = webApp({
    ...{ store, acceptor, pubsub: new PubsubServer(acceptor) },
    reportAddress: () => '127.0.0.1:5563',
  });
  health = async () => {
    const response = await app.request('/health');
    return { status: response.status, body: await response.json() };
  };
});
afterEach(() => said.mockRestore());

const sum = ({ counters }: Acceptor): number =>
  counters.kept + counters.duplicates + counters.refused + counters.lost + counters.waiting;

test('every event is counted while it waits, while it is written, and afterwards', async () => {
  acceptor.accept(event(1, 1));
  expect(acceptor.counters).toMatchObject({ received: 1, kept: 0, waiting: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  acceptor.accept(event(1, 2));
  acceptor.acceptBytes(Buffer.from('bad'));
  expect(acceptor.counters).toMatchObject({ received: 3, kept: 0, refused: 1, waiting: 2 });
  await controlled.endWrite();
  expect(acceptor.counters).toMatchObject({ received: 3, kept: 1, refused: 1, waiting: 1 });
  await controlled.endWrite();

  expect(acceptor.counters).toMatchObject({ received: 3, kept: 2, refused: 1, waiting: 0 });
  expect(sum(acceptor)).toBe(acceptor.counters.received);
});

test('/health is 503 while the store fails, and 200 once it works again', async () => {
  expect(await health()).toMatchObject({ status: 200, body: { ok: true, problems: [] } });

  controlled.failure = new Error('disk full');
  acceptor.accept(event(1, 1));
  await controlled.endWrite();
  expect(await health()).toMatchObject({
    status: 503,
    body: {
      ok: false,
      reports: { received: 1, lost: 1, waiting: 0 },
      problems: ['disk full', '1 event was lost: disk full'],
    },
  });

  controlled.failure = undefined;
  expect(await health()).toMatchObject({ status: 503, body: { ok: false } });
  acceptor.accept(event(1, 2));
  await controlled.endWrite();
  expect(await health()).toMatchObject({ status: 200, body: { ok: true } });
});
