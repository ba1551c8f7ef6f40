import type { Store } from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { parseTaskId } from '../search/task-id.js';

/**
 * Returns a task's events, sorted by timestamp; empty when the task is unknown. The id may have any form that
 * `parseTaskId` reads. Throws `TL_TASK_ID_INVALID`.
 */
export function taskEvents(store: Store, text: string): Promise<readonly TraceEvent[]> {
  return firstFound(text, (id) => store.task(id));
}

/** Returns a task's events as JSON, in parts. */
export function taskParts(store: Store, text: string): Promise<readonly Uint8Array[]> {
  return firstFound(text, (id) => store.taskJson(id));
}

/** Returns a part of a task's events as JSON (`Store.sliceJson`); nothing when the task is unknown. */
export async function taskSlice(
  store: Store,
  text: string,
  after: string,
  limit: number,
): Promise<Uint8Array | undefined> {
  for (const id of parseTaskId(text)) {
    const slice = await store.sliceJson(id, after, limit);
    if (slice !== undefined) return slice;
  }
  return undefined;
}

async function firstFound<T>(
  text: string,
  find: (id: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  for (const id of parseTaskId(text)) {
    const found = await find(id);
    if (found.length > 0) return found;
  }
  return [];
}
