import type { TaskPage, TraceEvent } from '../../src/store/store';

/** Fetches the 200 newest tasks. */
export function fetchTasks(): Promise<TaskPage> {
  return get('/api/tasks?limit=200');
}

/** Fetches the events of one task, sorted by timestamp. */
export async function fetchTask(taskId: string): Promise<TraceEvent[]> {
  const { events } = await get<{ events: TraceEvent[] }>(
    `/api/tasks/${encodeURIComponent(taskId)}`,
  );
  return events;
}

/** Fetches JSON from the collector. An error has the collector's own message. */
async function get<T>(path: string): Promise<T> {
  const response = await fetch(path).catch(() => {
    throw new Error('Cannot reach the collector. Is it still running?');
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok)
    throw new Error(answer.error ?? `The collector answered with status ${response.status}.`);
  return answer;
}
