import { branch, joinFrames, OUTSIDE } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { fromDecimal, padTask, toDecimal } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { Position } from '../xtrace/position.js';
import type { Trace } from '../xtrace/trace.js';

/** The paper's metadata keys. Values are decimal; several events make several values of one key. */
export const TASK_KEY = 'xtrace_task_id';
export const EVENT_KEY = 'xtrace_event_id';

/** How to read and write one kind of carrier: gRPC metadata, a headers object, a message. */
export interface CarrierAccess<C> {
  /** Every value of the key, in order; empty when it is absent. */
  get(carrier: C, key: string): readonly string[];
  set(carrier: C, key: string, values: readonly string[]): void;
}

/** What a carrier says: a task and the events that came before. */
export interface Carried {
  readonly taskId: string;
  readonly eventIds: readonly string[];
}

/** Why a carrier cannot be read, in the words of the paper's `ExtractIDs`. */
export interface Unreadable {
  readonly problem: string;
  readonly missing: boolean;
}

/** Writes the task of the running strand, and its latest events, into a carrier. */
export function inject<C>(carrier: C, access: CarrierAccess<C>, trace: Trace): void {
  access.set(carrier, TASK_KEY, [toDecimal(trace.taskId)]);
  access.set(
    carrier,
    EVENT_KEY,
    trace.latest.map(({ id }) => toDecimal(id)),
  );
}

/**
 * Reads what a carrier says. One that says nothing, or nothing that can be read, is not an error of
 * the request's: it goes on in a task of its own.
 *
 * Ids may be signed or unsigned: systems of all 64 bits write half of theirs as negative numbers.
 */
export function extract<C>(carrier: C, access: CarrierAccess<C>): Carried | Unreadable {
  const eventIds: string[] = [];
  for (const text of access.get(carrier, EVENT_KEY)) {
    const id = fromDecimal(text);
    if (id === undefined) return malformed(EVENT_KEY, text);
    if (id !== NO_EVENT) eventIds.push(id);
  }
  // A repeated task is the last one's, as in the Go client.
  const task = access.get(carrier, TASK_KEY).at(-1);
  if (task === undefined) {
    const missing = eventIds.length === 0 ? 'Event' : 'Task';
    return { problem: `no ${missing} ID found in metadata`, missing: true };
  }
  const taskId = fromDecimal(task);
  return taskId === undefined ? malformed(TASK_KEY, task) : { taskId: padTask(taskId), eventIds };
}

/** The parent of an event that begins its task. */
const NO_EVENT = '0000000000000000';

function malformed(key: string, text: string): Unreadable {
  return {
    problem: `malformed metadata: ${key} must be a 64-bit decimal, but is ${JSON.stringify(text)}`,
    missing: false,
  };
}

/** The frame a request's handler starts from: root, with the sender's task in it. */
export function requestFrame(carried: Carried): Frame {
  const latest = carried.eventIds.map((id) => Position.elsewhere(id, []));
  const trace: Trace = { taskId: carried.taskId, latest, links: [] };
  return branch(OUTSIDE).with(client.traceSlot, trace);
}

/** The frame a caller goes on in: its own, joined with what the answer says came after `sent`. */
export function answeredFrame(own: Frame, sent: Trace, answer: Carried): Frame {
  const news = answer.eventIds.filter((id) => !sent.latest.some((event) => event.id === id));
  if (news.length === 0) return branch(own);
  const latest = news.map((id) => Position.elsewhere(id, sent.latest));
  const theirs: Trace = { taskId: answer.taskId, latest, links: [] };
  // Where no task was begun, the one that was sent is the caller's from now on.
  const mine = own.has(client.traceSlot as never) ? own : own.with(client.traceSlot, sent);
  return joinFrames(branch(mine), mine.with(client.traceSlot, theirs));
}
