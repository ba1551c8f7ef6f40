import type { SqliteStore } from './sqlite-store.js';

/** How much a store may keep. */
export interface RetentionLimits {
  /** Size of the file, in bytes. */
  readonly maxBytes: number;
  /** Age of a task's last event, in milliseconds. */
  readonly maxAgeMs: number;
}

/** How often a store is looked at, at most, in milliseconds. */
const INTERVAL_MS = 1000;

/** What `evictRegularly` returns. */
export interface Retention {
  /** Looks if something is to be removed, unless it has looked a moment ago. */
  check(): void;
  stop(): void;
}

/** Removes the oldest tasks of a store when it has grown too large or too old. */
export function evictRegularly(
  store: Pick<SqliteStore, 'evict'>,
  { maxBytes, maxAgeMs }: RetentionLimits,
  writes: boolean,
): Retention {
  let next = 0;
  const check = (): void => {
    const now = Date.now();
    if (now < next) return;
    try {
      const isMore = store.evict({ maxBytes, before: (now - maxAgeMs) * 1000 });
      next = isMore ? 0 : now + INTERVAL_MS;
      if (isMore) setImmediate(check);
    } catch {
      // What keeps it from removing, keeps it from storing, and `append` says so.
      next = now + INTERVAL_MS;
    }
  };
  // Tasks grow old though nothing arrives.
  const timer = writes ? setInterval(check, 60 * INTERVAL_MS).unref() : undefined;
  return { check, stop: () => clearInterval(timer) };
}
