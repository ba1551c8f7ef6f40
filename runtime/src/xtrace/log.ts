import { takeLogSite } from '../causes/logged-at.js';
import { positionOf } from '../causes/sites.js';
import { getLocal, setLocal } from '../faces/slots.js';
import { shared } from '../kernel/index.js';
import { checkId, newTaskId, padTask } from './ids.js';
import type { EventId, TaskId } from './ids.js';
import { Position } from './position.js';
import { ReportQueue } from './queue.js';
import type { Report } from './report.js';
import { after, MAX_LATEST, onJoin, traceOfProcess, traceSlot } from './trace.js';
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

/** Observes what a program logs, for test runners. Must be quick and must not throw. */
export interface TraceListener {
  /** An event was logged. Called in the strand that logged it. */
  logged(report: Report): void;
  /** A strand left its task for a new one. */
  started(taskId: TaskId, before: Trace): void;
}

const state = {
  queue: new ReportQueue(),
  origin: {} as Origin,
  /** Wakes the sender; before there is one, reports wait in the queue. */
  wake: (): void => {},
  listener: undefined as TraceListener | undefined,
};

onJoin((before, id) => report(before, id, 'join', undefined, undefined));

/**
 * Logs an event and returns its id. Its parents are the events that really came before it: the latest of
 * this strand, and of every strand that it has joined since.
 *
 * Takes about a microsecond, sends nothing by itself and never throws. Values of `fields` are sent as
 * strings. Before `connect`, and while the collector is away, events wait in a bounded queue.
 *
 * @example
 * log('cart loaded', { items: cart.length });
 */
export function log(label: string, fields?: Fields): EventId {
  const site = takeLogSite();
  const before = currentTrace();
  const { trace, id } = after(before);
  setLocal(traceSlot, trace);
  report(
    before,
    id,
    textOf(() => label),
    fields,
    site,
  );
  return id;
}

/** Queues the report of an event, whose parents are the latest events before it. */
function report(
  { taskId, latest, links }: Trace,
  eventId: EventId,
  label: string,
  given: Fields | undefined,
  site: number | undefined,
): void {
  const fields: (readonly [string, string])[] = [];
  if (given !== undefined) {
    for (const key of Object.keys(given)) fields.push([key, textOf(() => given[key])]);
  }
  for (const link of links) fields.push(['link', link]);
  const report: Writable<Report> = {
    taskId,
    eventId,
    parentEventIds: latest.map((parent) => parent.id),
    timestamp: microseconds(),
    label,
    ...state.origin,
  };
  const source = site === undefined ? undefined : positionOf(site);
  if (source !== undefined) report.source = source;
  if (fields.length > 0) report.fields = fields;
  state.listener?.logged(report);
  state.queue.push(report);
  state.wake();
}

/**
 * Starts a task of its own in this strand, and in what it spawns from now on. Without it, events
 * belong to the task of the process. Returns the task's id.
 */
export function startTask(): TaskId {
  const taskId = newTaskId();
  if (state.listener === undefined) beginTask(taskId);
  else {
    const before = currentTrace();
    beginTask(taskId);
    state.listener.started(taskId, before);
  }
  return taskId;
}

function beginTask(taskId: TaskId): void {
  setLocal(traceSlot, { taskId, latest: [], links: [] });
}

/** Returns the task of this strand: 32 hex digits. */
export function getTaskId(): TaskId {
  return currentTrace().taskId;
}

/** Makes this strand part of a task that began elsewhere: 32 hex digits (or 16, of a 64-bit id). */
export function setTaskId(taskId: TaskId): void {
  beginTask(checkId('task', taskId));
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

/** Calls `listener` at every event and every new task, in place of the listener before. Returns how to stop. */
export function listenToTrace(listener: TraceListener): () => void {
  const before = client.state.listener;
  client.state.listener = listener;
  return () => (client.state.listener = before);
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
