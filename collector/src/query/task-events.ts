import type { Store } from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { parseTaskId } from '../search/task-id.js';

/**
 * Returns a task's events, sorted by timestamp; empty when the task is unknown. The id may have any form that
 * `parseTaskId` reads. Throws `TL_TASK_ID_INVALID`.
 */
export async function taskEvents(store: Store, text: string): Promise<readonly TraceEvent[]> {
  return (await firstFound(text, async (id) => unlessEmpty(await store.task(id)))) ?? [];
}

/** Returns a task's events as JSON, in parts. */
export async function taskParts(store: Store, text: string): Promise<readonly Uint8Array[]> {
  return (await firstFound(text, async (id) => unlessEmpty(await store.taskJson(id)))) ?? [];
}

/** Returns a part of a task's events as JSON (`Store.sliceJson`); nothing when the task is unknown. */
export function taskSlice(
  store: Store,
  text: string,
  after: string,
  limit: number,
): Promise<Uint8Array | undefined> {
  return firstFound(text, (id) => store.sliceJson(id, after, limit));
}

/** Returns what is found for the first id that the text may mean. */
async function firstFound<T>(
  text: string,
  find: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const id of parseTaskId(text)) {
    const found = await find(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
