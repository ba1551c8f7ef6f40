import { getLocal, register, setLocal } from '../faces/slots.js';
import { isSameTask } from '../xtrace/ids.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { Position } from '../xtrace/position.js';
import { joinTraces, traces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import type { Operation } from './operation-events.js';
import { b3Headers, readB3 } from './b3.js';
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
  const own = parseTraceParent(header('traceparent'));
  const parent = own ?? readB3(header);
  const baggage = bagMembers.take(passableBaggage(header('baggage')));
  if (parent === undefined) {
    const taskId = client.startTask();
    setLocal(passed, { taskId, isOwn: true, flags: undefined, state: undefined, baggage });
    return;
  }
  const { taskId, eventId, flags } = parent;
  client.continueTask(taskId, [eventId]);
  // The state is of the header `traceparent`, and means nothing without it (section 4.3).
  const state = own && passableState(header('tracestate'));
  setLocal(passed, { taskId, flags, state, baggage });
}

/** Makes what this process does, beside what it is asked for, part of the task that it was started for. */
export function continueProcess(traceParent: string | undefined): void {
  const parent = parseTraceParent(traceParent);
  if (parent === undefined) return;
  const latest = [Position.elsewhere(parent.eventId, [])];
  traces.process ??= { taskId: parent.taskId, latest, notes: [] };
}

/** Returns the headers that carry a task on: the other side comes after the begin event of the operation. */
export function headersFor({ id, trace }: Operation): [name: string, value: string][] {
  return headersAfter(trace, id);
}

/** Returns the headers that carry a task on: the other side comes after an event. */
export function headersAfter({ taskId }: Trace, eventId: EventId): [name: string, value: string][] {
  const known = getLocal(passed);
  const given = known?.taskId === taskId ? known : undefined;
  const flags = given?.flags ?? flagsOf(taskId, given?.isOwn);
  const parent = { taskId, eventId, flags };
  const others = { tracestate: given?.state, baggage: bagMembers.add(given?.baggage) };
  return [
    ['traceparent', formatTraceParent(parent)],
    ...b3Headers(parent),
    ...Object.entries(others).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]],
    ),
  ];
}

/** The header by which an answer tells of the events that it comes after (W3C Trace Context, "traceresponse"). */
export const RESPONSE_HEADER = 'traceresponse';

/** Returns the value of that header: an event of the operation that answers. */
export function responseHeader({ trace: { taskId } }: Operation, eventId: EventId): string {
  return formatTraceParent({ taskId, eventId, flags: flagsOf(taskId) });
}

/** Makes the current context come after the event that an answer tells of, if it is of the task of the request. */
export function joinResponse(
  { trace }: Pick<Operation, 'trace'>,
  header: string | undefined,
): void {
  const told = parseTraceParent(header);
  if (told === undefined || !isSameTask(trace.taskId, told.taskId)) return;
  const latest = [Position.elsewhere(told.eventId, trace.latest)];
  setLocal(client.traceSlot, joinTraces(getLocal(client.traceSlot), { ...trace, latest }));
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
