import { placeOf } from '../sites.js';
import { getLocal, setLocal } from '../slots.js';
import { shared } from '../realm.js';
import { checkId, newTaskId, padTask } from './ids.js';
import type { EventId, TaskId } from './ids.js';
import { Position } from './position.js';
import { ReportQueue } from './queue.js';
import type { Report } from './report.js';
import { after, MAX_LATEST, onEvent, traceOfProcess, traceSlot } from './trace.js';
import type { Trace } from './trace.js';

/** What `log` takes beside the label. Values are sent as text. */
export type Fields = Readonly<Record<string, unknown>>;

/** Who a report says it is from. Set once by the platform's entry. */
export interface Origin {
  host?: string;
  processId?: number;
  processName?: string;
  threadId?: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const state = {
  queue: new ReportQueue(),
  origin: {} as Origin,
  /** Wakes whoever sends; before there is a sender, reports wait in the queue. */
  wake: (): void => {},
};

/** What belongs to the event that is being logged; `after` makes the event itself. */
let extra: { fields: Fields | undefined; site: number | undefined } | undefined;

onEvent((taskId, id, parents, label, links) => {
  const fields: (readonly [string, string])[] = [];
  for (const key of Object.keys(extra?.fields ?? {})) {
    fields.push([key, textOf(() => extra!.fields![key])]);
  }
  for (const link of links) fields.push(['link', link]);
  const report: Writable<Report> = {
    taskId,
    eventId: id,
    parentEventIds: parents.map((parent) => parent.id),
    timestamp: microseconds(),
    label,
    ...state.origin,
  };
  const source = extra?.site === undefined ? undefined : placeOf(extra.site);
  if (source !== undefined) report.source = source;
  if (fields.length > 0) report.fields = fields;
  state.queue.push(report);
  state.wake();
});

/**
 * Logs an event. Its parents are the events that really came before it: the latest of this strand,
 * and of every strand it has joined since. Returns the event's id.
 *
 * Takes a microsecond or two, sends nothing by itself and never throws: before `connect` (and while
 * the collector is away) events wait in a bounded queue.
 *
 * @example
 * log('cart loaded', { items: cart.length });
 */
export function log(label: string, fields?: Fields, site?: number): EventId {
  extra = { fields, site };
  try {
    const { trace, id } = after(
      currentTrace(),
      textOf(() => label),
    );
    setLocal(traceSlot, trace);
    return id;
  } finally {
    extra = undefined;
  }
}

/**
 * Starts a task of its own in this strand, and in what it spawns from now on. Without it, events
 * belong to the task of the process. Returns the task's id.
 */
export function startTask(): TaskId {
  const taskId = newTaskId();
  setLocal(traceSlot, { taskId, latest: [], links: [] });
  return taskId;
}

/** The task this strand belongs to. */
export function getTaskId(): TaskId {
  return currentTrace().taskId;
}

/** Makes this strand part of a task that began elsewhere: 32 hex digits (or 16, of a 64-bit id). */
export function setTaskId(taskId: TaskId): void {
  setLocal(traceSlot, { taskId: checkId('task', taskId), latest: [], links: [] });
}

/** The latest event of this strand, or undefined before the first. The newest, when it has several. */
export function getEventId(): EventId | undefined {
  return currentTrace().latest.at(-1)?.id;
}

/** Sets the event that the next one comes after: 16 hex digits. */
export function setEventId(eventId: EventId): void {
  const event = Position.elsewhere(checkId('event', eventId), []);
  setLocal(traceSlot, { ...currentTrace(), latest: [event] });
}

/** The value of the X-Trace slot here, for propagators. */
export function currentTrace(): Trace {
  return getLocal(traceSlot) ?? traceOfProcess();
}

/** Continues a task with events of another process: what a request or a message carried. */
export function continueTask(taskId: string, eventIds: readonly EventId[]): void {
  const latest = eventIds.slice(-MAX_LATEST).map((id) => Position.elsewhere(id, []));
  setLocal(traceSlot, { taskId: padTask(taskId), latest, links: [] });
}

/** Microseconds since 1970, finer than the clock's milliseconds where the platform allows it. */
function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** A value of any kind as text; one that cannot be read must not stop the program. */
function textOf(read: () => unknown): string {
  try {
    const value = read();
    if (typeof value === 'object' && value !== null) return JSON.stringify(value) ?? String(value);
    return String(value);
  } catch {
    return '(unreadable)';
  }
}

/** What became of the events of this process: `logged = sent + dropped + queued`. */
function stats(): { logged: number; sent: number; dropped: number; queued: number } {
  const { put, taken, dropped, size } = state.queue;
  return { logged: put, sent: taken, dropped, queued: size };
}

/** The client of whichever copy of the runtime came first: one queue a realm. */
export const client = shared('xtrace', {
  state,
  log,
  startTask,
  getTaskId,
  setTaskId,
  getEventId,
  setEventId,
  currentTrace,
  continueTask,
  stats,
  traceSlot,
});
