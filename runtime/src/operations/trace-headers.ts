import { getLocal, register, setLocal } from '../faces/slots.js';
import { isSameTask } from '../xtrace/ids.js';
import type { EventId } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { Position } from '../xtrace/position.js';
import { joinTraces, traces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import type { Operation } from './operation-events.js';
import { passableBaggage } from './baggage-header.js';
import { isKept } from './sampling.js';
import { formatTraceParent, parseTraceParent } from './trace-context.js';

/** What came with a request beside the ids, and goes on with the requests that are made for it. */
interface Passed {
  readonly taskId: string;
  readonly flags: string | undefined;
  /** Other systems' data, unchanged (W3C Trace Context Level 2, section 3.3; W3C Baggage). */
  readonly state: string | undefined;
  readonly baggage: string | undefined;
}

const passed = register<Passed | undefined>(undefined, {
  join: (mine) => mine,
});

/** Continues the task that a request carries, in the current context; begins a task if it carries none. */
export function continueFromRequest(header: (name: string) => string | undefined): void {
  const parent = parseTraceParent(header('traceparent'));
  const baggage = passableBaggage(header('baggage'));
  if (parent === undefined) {
    const taskId = client.startTask();
    if (baggage) setLocal(passed, { taskId, flags: undefined, state: undefined, baggage });
    return;
  }
  const { taskId, eventId, flags } = parent;
  client.continueTask(taskId, [eventId]);
  setLocal(passed, { taskId, flags, state: header('tracestate'), baggage });
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
  const parent = formatTraceParent({ taskId, eventId, flags: given?.flags ?? flagsOf(taskId) });
  const others = { tracestate: given?.state, baggage: given?.baggage };
  return [
    ['traceparent', parent],
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
export function joinResponse({ trace }: Operation, header: string | undefined): void {
  const told = parseTraceParent(header);
  if (told === undefined || !isSameTask(trace.taskId, told.taskId)) return;
  const latest = [Position.elsewhere(told.eventId, trace.latest)];
  setLocal(client.traceSlot, joinTraces(getLocal(client.traceSlot), { ...trace, latest }));
}

/** Returns the flags of a task that begins here: `sampled` if it is kept. Its id is not as random as the other flag promises. */
function flagsOf(taskId: string): string {
  return isKept(taskId) ? '01' : '00';
}
