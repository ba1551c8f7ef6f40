import { getLocal, register, setLocal } from '../faces/slots.js';
import { currentFrame, setCurrentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { isSameTask, newTaskId, padTask } from '../xtrace/ids.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { NONE, Position } from '../xtrace/position.js';
import { joinTraces, traces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import type { Operation } from './operation-events.js';
import { b3, b3Headers, readB3 } from './b3.js';
import type { Sender } from './b3.js';
import { bagMembers } from './bag-members.js';
import { passableBaggage } from './baggage-header.js';
import { isKept } from './sampling.js';
import { formatTraceParent, parseTraceParent } from './trace-context.js';
import { passableState } from './trace-state.js';

/** What came with a request beside the ids, and goes on with the requests that are made for it. */
interface Passed {
  readonly taskId: string;
  /** True if the task began with the request: its id is random. */
  readonly isOwn?: true;
  readonly flags: string | undefined;
  /** Other systems' data, unchanged (W3C Trace Context Level 2, section 3.3; W3C Baggage). */
  readonly state: string | undefined;
  readonly baggage: string | undefined;
}

const passed = register<Passed | undefined>(undefined, {
  join: (mine) => mine,
});

/** Returns where something that was received comes from, if its headers say so. */
export function senderIn(header: (name: string) => string | undefined): Sender | undefined {
  return parseTraceParent(header('traceparent')) ?? readB3(header);
}

/** Continues the task that a request carries, in the current context; begins a task if it carries none. */
export function continueFromRequest(header: (name: string) => string | undefined): void {
  setCurrentFrame(frameOfRequest(header));
}

/** Returns the current frame with the task that a request carries; with a new task if it carries none. */
export function frameOfRequest(header: (name: string) => string | undefined): Frame {
  const own = parseTraceParent(header('traceparent'));
  const parent = own ?? readB3(header);
  const baggage = bagMembers.take(passableBaggage(header('baggage')));
  if (parent === undefined) {
    const taskId = newTaskId();
    const before = currentFrame();
    const frame = before
      .with(client.traceSlot, { taskId, latest: NONE, notes: NONE })
      .with(passed, { taskId, isOwn: true, flags: undefined, state: undefined, baggage });
    const { listener } = client.state;
    if (listener !== undefined) {
      const trace = client.currentTrace();
      setCurrentFrame(frame);
      listener.started(taskId, trace);
    }
    return frame;
  }
  const { taskId, eventId, flags } = parent;
  // The state is of the header `traceparent`, and means nothing without it (section 4.3).
  const state = own && passableState(header('tracestate'));
  const latest = [Position.elsewhere(eventId, NONE)];
  return currentFrame()
    .with(client.traceSlot, { taskId: padTask(taskId), latest, notes: NONE })
    .with(passed, { taskId, flags, state, baggage });
}

/** Makes what this process does, beside what it is asked for, part of the task that it was started for. */
export function continueProcess(traceParent: string | undefined): void {
  const parent = parseTraceParent(traceParent);
  if (parent === undefined) return;
  const latest = [Position.elsewhere(parent.eventId, [])];
  traces.process ??= { taskId: parent.taskId, latest, notes: NONE };
}

/** Returns the headers that carry a task on: the other side comes after the begin event of the operation. */
export function headersFor(
  { id, trace }: Operation,
  frame?: Frame,
): [name: string, value: string][] {
  return headersAfter(trace, id, frame);
}

/** Returns the headers that carry a task on: the other side comes after an event. */
export function headersAfter(
  { taskId }: Trace,
  eventId: EventId,
  frame = currentFrame(),
): [name: string, value: string][] {
  const known = frame.get(passed);
  const given = known?.taskId === taskId ? known : undefined;
  const flags = given?.flags ?? flagsOf(taskId, given?.isOwn);
  const parent = { taskId, eventId, flags };
  const headers: [name: string, value: string][] = [['traceparent', formatTraceParent(parent)]];
  if (b3.forms.length > 0) headers.push(...b3Headers(parent));
  if (given?.state !== undefined) headers.push(['tracestate', given.state]);
  const baggage = bagMembers.add(given?.baggage);
  if (baggage !== undefined) headers.push(['baggage', baggage]);
  return headers;
}

/** The header by which an answer tells of the events that it comes after (W3C Trace Context, "traceresponse"). */
export const RESPONSE_HEADER = 'traceresponse';

/** Returns the value of that header: an event of the operation that answers. */
export function responseHeader({ trace: { taskId } }: Operation, eventId: EventId): string {
  return formatTraceParent({ taskId, eventId, flags: flagsOf(taskId) });
}

/** Makes the current context come after the event that an answer tells of, if it is of the task of the request. */
export function joinResponse(
  operation: Pick<Operation, 'trace'>,
  header: string | undefined,
): void {
  if (header === undefined) return;
  const before = getLocal(client.traceSlot);
  const after = afterResponse(before, operation, header);
  if (after !== before) setLocal(client.traceSlot, after);
}

/** Returns a trace that comes after the event that an answer tells of, if it is of the task of the request. */
export function afterResponse(
  before: Trace | undefined,
  { trace }: Pick<Operation, 'trace'>,
  header: string | undefined,
): Trace | undefined {
  const told = parseTraceParent(header);
  if (told === undefined || !isSameTask(trace.taskId, told.taskId)) return before;
  const latest = [Position.elsewhere(told.eventId, trace.latest)];
  return joinTraces(before, { ...trace, latest });
}

/**
 * Returns the flags of a task without flags of others: `sampled` if it is kept, and `random-trace-id` if the id was made here
 * (section 3.2.2.5).
 */
function flagsOf(taskId: string, isOwn = false): string {
  return `0${(isOwn ? RANDOM : 0) + (isKept(taskId) ? SAMPLED : 0)}`;
}

const SAMPLED = 1;
const RANDOM = 2;
