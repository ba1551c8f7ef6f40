import { AppendQueue } from '../store/append-queue.js';
import { evictRegularly } from '../store/retention.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Backend } from './backend.js';
import type { News, ThreadData } from './messages.js';

/** Opens the embedded store. `tell` is called with news. Throws `TL_STORE_UNAVAILABLE`. */
export async function openSqlite(
  { location, limits, writes }: ThreadData,
  tell: (news: News) => void,
): Promise<Backend> {
  const store = await SqliteStore.open(location);
  const queue = new AppendQueue(store, {
    isPassing: (error) => SqliteStore.isPassing(error),
    onFailing: (problem) => tell({ failing: problem ?? false }),
    afterEach: () => retention.check(),
  });
  const retention = evictRegularly(store, limits, writes);
  return {
    store,
    spooled: 0,
    append: (batch) => queue.append(batch),
    async close() {
      retention.stop();
      await queue.close();
      await store.close();
    },
  };
}
