import { ClickHouseStore } from '../clickhouse/clickhouse-store.js';
import { errorMessage } from '../errors.js';
import { AppendQueue } from '../store/append-queue.js';
import { Spool } from '../store/spool.js';
import { SpooledStore } from '../store/spooled-store.js';
import type { Backend } from './backend.js';
import type { News, ThreadData } from './messages.js';

/**
 * Opens a store in ClickHouse. A server that is away does not keep the collector from starting: reports wait in the spool. `tell` is
 * called with news. Throws `TL_STORE_UNAVAILABLE`.
 */
export async function openClickHouse(
  { location, limits, spool: { file, maxBytes }, writes }: ThreadData,
  tell: (news: News) => void,
): Promise<Backend> {
  const store = new ClickHouseStore(location, limits.maxAgeMs);
  if (!writes) {
    const append = async (): Promise<never> => {
      throw new Error('this connection only reads');
    };
    return { store, spooled: 0, append, close: () => store.close() };
  }
  const problem = await prepared(store);
  const spool = Spool.open(file, maxBytes);
  const left = spool.reports;
  const spooled = new SpooledStore(store, spool, {
    onAway: (reason) => tell({ away: reason ?? false }),
    onSettled: (outcomes) => tell({ settled: outcomes }),
  });
  const queue = new AppendQueue(spooled, {
    isPassing: () => true,
    onFailing: (reason) => tell({ failing: reason ?? false }),
  });
  spooled.start(problem);
  return {
    store,
    spooled: left,
    append: (batch) => queue.append(batch),
    async close() {
      await queue.close();
      await spooled.close();
      await store.close();
    },
  };
}

/** Returns why the server cannot be reached at the moment, if so. */
async function prepared(store: ClickHouseStore): Promise<string | undefined> {
  try {
    await store.prepare();
    return undefined;
  } catch (error) {
    if (ClickHouseStore.isAway(error)) return errorMessage(error);
    await store.close();
    throw error;
  }
}
