import { takeLogSite } from '../causes/logged-at.js';
import { positionOf } from '../causes/sites.js';
import { getLocal, setLocal } from '../faces/slots.js';
import { shared } from '../kernel/index.js';
import { EarlyReports } from './early-reports.js';
import { checkId, newEventId, newTaskId, padTask } from './ids.js';
import type { EventId, TaskId } from './ids.js';
import { NONE, Position } from './position.js';
import type { ReportQueue } from './queue.js';
import type { Report } from './report.js';
import { addEvent, MAX_LATEST, traceOfProcess, traces, traceSlot } from './trace.js';
import type { Trace } from './trace.js';

/** The fields of an event, by name. Values of any type; they are sent as strings, objects as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** Fields as they are sent. */
export type TextFields = [key: string, value: string][];

/** The process that reports name as their origin. Set once by the entry of the platform. */
export interface Origin {
  host?: string;
  processId?: number;
  processName?: string;
  threadId?: number;
}

/** A report that is made here. All have the same shape. */
type Made = { [K in keyof Report]: Report[K] | undefined };

/** Receives what a program logs; for test runners. Its methods must be quick and must not throw. */
export interface TraceListener {
  /** An event was logged. Called in the context that logged it. */
  logged(report: Report): void;
  /** `startTask` was called. `before` is the trace in which the code ran until then. */
  started(taskId: TaskId, before: Trace): void;
}

const state = {
  /** A sender puts its own in the place of the first. */
  queue: new EarlyReports() as EarlyReports | ReportQueue,
  origin: {} as Origin,
  /** Wakes the sender. Until there is one, reports wait in the queue. */
  wake: (): void => {},
  listener: undefined as TraceListener | undefined,
  /** How many dropped reports were told of. */
  droppedBefore: 0,
  /** Tells whether a note was told before, by the event of another branch. */
  omits: undefined as ((note: string) => boolean) | undefined,
  /** Tells whether the events of a task are kept. All are, unless this is set. */
  keeps: undefined as ((taskId: TaskId) => boolean) | undefined,
};

traces.join ??= (before, id) => void report(before, id, 'join', []);

/**
 * Logs an event and returns its id: 16 hex digits. Its parents are the events that really came before it: the
 * latest event of this context, and those of every context that it has joined since.
 *
 * Takes about a microsecond, does no I/O and never throws. Values of `fields` are sent as strings, objects as
 * JSON. Before `connect`, and while the collector is unreachable, events wait in a bounded queue.
 *
 * @example
 * log('cart loaded', { items: cart.length });
 */
export function log(label: string, fields?: Fields): EventId {
  const site = takeLogSite();
  const before = currentTrace();
  const { trace, id } = addEvent(before);
  setLocal(traceSlot, trace);
  const text = typeof label === 'string' ? label : textOf(() => label);
  report(
    before,
    id,
    text,
    textsOf(before, fields),
    site === undefined ? undefined : positionOf(site),
  );
  return id;
}

/**
 * Queues the report of an event. Its parents are the latest events of the trace before it. `fields` belong to the report from then on.
 * `logger` says which one has logged it, if one has. Sets no slot.
 */
function report(
  before: Trace,
  eventId: EventId,
  label: string,
  fields: TextFields,
  source?: string,
  logger?: Pick<Report, 'agent' | 'tags'>,
): void {
  if (!isKept(before)) return;
  const { taskId, latest, notes } = before;
  for (const note of notes) {
    if (!state.omits?.(note)) fields.push(note.split(' ') as [string, string]);
  }
  const { host, processId, processName, threadId } = state.origin;
  // Written out: a spread, and properties that are added later, take three times as long and as much memory.
  const made: Made = {
    taskId,
    eventId,
    parentEventIds: idsOf(latest),
    timestamp: microseconds(),
    label,
    host,
    processId,
    processName,
    threadId,
    source,
    fields: fields.length ? fields : undefined,
    agent: logger?.agent,
    tags: logger?.tags,
  };
  state.listener?.logged(made as Report);
  state.queue.push(made as Report);
  state.wake();
}

/**
 * Starts a new task, for the current context and everything it starts from now on. Returns the id of the task:
 * 32 hex digits. Without this call, events belong to the task of the process.
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
  setLocal(traceSlot, { taskId, latest: NONE, notes: NONE });
}

/** Returns the id of the current task: 32 hex digits. */
export function getTaskId(): TaskId {
  return currentTrace().taskId;
}

/**
 * Continues a task that began elsewhere, in the current context. Takes 32 hex digits, or 16 for a 64-bit id.
 * Throws `TL_ID_INVALID` for anything else.
 */
export function setTaskId(taskId: TaskId): void {
  beginTask(checkId('task', taskId));
}

/**
 * Returns the id of the latest event of this context: 16 hex digits. Returns the newest if there are several
 * after a join, and undefined before the first event.
 */
export function getEventId(): EventId | undefined {
  return currentTrace().latest.at(-1)?.id;
}

/**
 * Sets the parent of the next event of this context. Takes 16 hex digits; throws `TL_ID_INVALID` for anything
 * else.
 */
export function setEventId(eventId: EventId): void {
  const event = Position.elsewhere(checkId('event', eventId), []);
  setLocal(traceSlot, { ...currentTrace(), latest: [event] });
}

/** Returns the value of the X-Trace slot, for propagators. */
export function currentTrace(): Trace {
  return getLocal(traceSlot) ?? traceOfProcess();
}

/**
 * Continues a task of another process, whose id and latest events a request or a message carried. `taskId` has
 * 32 or 16 hex digits, event ids have 16; they are not checked.
 */
export function continueTask(taskId: string, eventIds: readonly EventId[]): void {
  const latest = eventIds.slice(-MAX_LATEST).map((id) => Position.elsewhere(id, []));
  setLocal(traceSlot, { taskId: padTask(taskId), latest, notes: NONE });
}

function idsOf(events: readonly Position[]): readonly EventId[] {
  return events.length === 1 ? [events[0]!.id] : events.map(({ id }) => id);
}

/** Returns microseconds since 1970, with as much precision as the platform allows. */
function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/**
 * Logs how many events were dropped since the last call, if any, as an event of the process, so that who looks at the graph knows that
 * something is missing.
 */
function reportDropped(): void {
  const { dropped } = state.queue;
  const count = dropped - state.droppedBefore;
  if (count === 0) return;
  state.droppedBefore = dropped;
  const label = `${count} event${count === 1 ? ' was' : 's were'} dropped`;
  report({ ...traceOfProcess(), latest: NONE, notes: NONE }, newEventId(), label, [
    ['dropped', `${count}`],
  ]);
}

/** Returns the fields of an event after a trace as they are sent. Of an event that is not kept, none is read. */
export function textsOf(trace: Trace, fields: Fields | undefined): TextFields {
  const texts: TextFields = [];
  if (!fields || !isKept(trace)) return texts;
  for (const key of keysOf(fields)) texts.push([key, textOf(() => fields[key])]);
  return texts;
}

/** Returns true if the events of a trace are kept. */
export function isKept({ taskId }: Trace): boolean {
  return client.state.keeps?.(taskId) !== false;
}

/** Returns the names of fields: none of those that cannot be read. */
export function keysOf(fields: Fields): readonly string[] {
  try {
    return Object.keys(fields);
  } catch {
    return NONE;
  }
}

/** Returns a value of any type as a string. One that cannot be read must not stop the program. */
export function textOf(read: () => unknown): string {
  try {
    const value = read();
    if (typeof value === 'object' && value) return JSON.stringify(value) ?? String(value);
    return String(value);
  } catch {
    return '(unreadable)';
  }
}

/**
 * Calls `listener` for every event and every new task, in place of the listener before. Returns a function that
 * restores that one.
 */
export function listenToTrace(listener: TraceListener): () => void {
  const before = client.state.listener;
  client.state.listener = listener;
  return () => (client.state.listener = before);
}

/**
 * Returns the numbers of this process's events: `logged = sent + dropped + queued`. An event is sent when the
 * collector has acknowledged it.
 */
function stats(): { logged: number; sent: number; dropped: number; queued: number } {
  const { put, sent, dropped, size, inFlight } = state.queue;
  return { logged: put, sent, dropped, queued: size + inFlight };
}

/** The client of the copy of the runtime that was loaded first, so that a realm has one queue. */
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
  report,
  reportDropped,
  stats,
  traceSlot,
});
