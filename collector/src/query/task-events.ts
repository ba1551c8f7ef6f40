import type { Store, TraceEvent } from '../store/store.js';
import { taskIdsMeant } from './task-id.js';

/** A task's events by the id that a person wrote, by timestamp; none when the task is unknown. */
export async function taskEvents(store: Store, text: string): Promise<TraceEvent[]> {
  for (const id of taskIdsMeant(text)) {
    const events = await store.task(id);
    if (events.length > 0) return events;
  }
  return [];
}
