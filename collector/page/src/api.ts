import { codePath } from '../../src/code/code-path';
import type { Excerpt } from '../../src/code/source-code';
import type { TaskColumns } from '../../src/graph/task-columns';
import type { LineAnswer, ShapeAnswer } from '../../src/query/totals';
import type { TraceEvent } from '../../src/reports/trace-event';
import type { TaskHistogram, TaskPage, TaskRange, TaskSlice } from '../../src/store/store';

/** How many events are asked for at once. */
const SLICE = 20_000;

/** What tasks are asked for: `where` is a search in the words of `task-query.ts`. */
export interface TaskSearch extends Pick<TaskRange, 'offset' | 'limit' | 'order' | 'reversed'> {
  readonly where: string;
}

/** Fetches a page of tasks. */
export function fetchTasks(search: TaskSearch): Promise<TaskPage> {
  return get(
    `/api/tasks?${new URLSearchParams(Object.entries(search).map(([k, v]) => [k, String(v)]))}`,
  );
}

/** Fetches how many tasks began when. */
export function fetchHistogram(where: string, parts: number): Promise<TaskHistogram | null> {
  return get(`/api/histogram?${new URLSearchParams({ where, parts: String(parts) })}`);
}

/** Fetches what lines of source cost. */
export function fetchLines(where: string): Promise<LineAnswer> {
  return get(`/api/lines?${new URLSearchParams({ where })}`);
}

/** Fetches which shapes tasks have. */
export function fetchShapes(where: string): Promise<ShapeAnswer> {
  return get(`/api/shapes?${new URLSearchParams({ where })}`);
}

/** Fetches the code around an event's source; null if the collector has none. */
export function fetchCode(event: TraceEvent): Promise<Excerpt | null> {
  if (embeddedTask) {
    const { source = '' } = event;
    return Promise.resolve(Object.hasOwn(embeddedCode, source) ? embeddedCode[source]! : null);
  }
  return get(codePath(event));
}

/** Fetches a part of a task's events. */
export function fetchSlice(taskId: string, after: string): Promise<TaskSlice> {
  return get(`${pathOf(taskId)}/slices?${new URLSearchParams({ after, limit: String(SLICE) })}`);
}

/** Calls `listen` with each part of a task's events that is stored from now on. Returns a function that ends it. */
export function listenToTask(
  taskId: string,
  after: string,
  listen: (slice: TaskSlice) => void,
): () => void {
  let next = after;
  return listenTo(
    () => `${pathOf(taskId)}/live?${new URLSearchParams({ after: next })}`,
    (data) => {
      const slice = JSON.parse(data) as TaskSlice;
      next = slice.next;
      listen(slice);
    },
  );
}

/** Calls `listen` when the store has something new. Returns a function that ends it. */
export function listenToStore(listen: () => void): () => void {
  return listenTo(() => '/api/live', listen);
}

/** The task that a file has in itself, and its code by source, if the page is one (`exports/html.ts`). */
export const embeddedTask = readEmbedded<TaskColumns>('throughline-task');
const embeddedCode = readEmbedded<Readonly<Record<string, Excerpt>>>('throughline-code') ?? {};

function readEmbedded<T>(id: string): T | undefined {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : undefined;
}

/**
 * Listens to server-sent events while the page is visible: a browser has few connections to one server, and all pages share them.
 */
function listenTo(urlOf: () => string, listen: (data: string) => void): () => void {
  let source: EventSource | undefined;
  const update = (): void => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    source = new EventSource(urlOf());
    source.addEventListener('message', ({ data }) => listen(data as string));
    // The browser would ask for what is known again; a new source asks for what is next.
    source.addEventListener('error', () => {
      source?.close();
      clearTimeout(retry);
      retry = setTimeout(update, RETRY_MS);
    });
  };
  let retry: ReturnType<typeof setTimeout> | undefined;
  update();
  document.addEventListener('visibilitychange', update);
  return () => {
    clearTimeout(retry);
    document.removeEventListener('visibilitychange', update);
    source?.close();
  };
}

const RETRY_MS = 2000;

function pathOf(taskId: string): string {
  return `/api/tasks/${encodeURIComponent(taskId)}`;
}

/** Fetches JSON from the collector. An error has the collector's own message. */
async function get<T>(path: string): Promise<T> {
  const response = await fetch(path).catch(() => {
    throw new Error('Cannot reach the collector. Is it still running?');
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) {
    throw new Error(answer?.error ?? `The collector answered with status ${response.status}.`);
  }
  return answer;
}
