import type { TaskPage, TraceEvent } from '../../src/store/store';

export function fetchTasks(): Promise<TaskPage> {
  return get('/api/tasks?limit=200');
}

export async function fetchTask(taskId: string): Promise<TraceEvent[]> {
  const { events } = await get<{ events: TraceEvent[] }>(
    `/api/tasks/${encodeURIComponent(taskId)}`,
  );
  return events;
}

/** Asks the collector; a failure carries the server's own sentence. */
async function get<T>(path: string): Promise<T> {
  const response = await fetch(path).catch(() => {
    throw new Error('The collector does not answer. Is it still running?');
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The collector answered ${response.status}.`);
  return answer;
}
