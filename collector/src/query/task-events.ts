import type { Store, TraceEvent } from '../store/store.js';
import { parseTaskId } from './task-id.js';

/**
 * Returns a task's events, sorted by timestamp; empty when the task is unknown. The id may have any form that
 * `taskIdsMeant` reads. Throws `TL_TASK_ID_INVALID`.
 */
export async function taskEvents(store: Store, text: string): Promise<TraceEvent[]> {
  for (const id of parseTaskId(text)) {
    const events = await store.task(id);
    if (events.length > 0) return events;
  }
  return [];
}
