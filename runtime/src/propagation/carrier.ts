import { branch, joinFrames, OUTSIDE, shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { fromDecimal, padTask, toDecimal } from '../xtrace/ids.js';
import { client } from '../xtrace/log.js';
import { NONE, Position } from '../xtrace/position.js';
import type { Trace } from '../xtrace/trace.js';

/** The paper's metadata key for the task id, a decimal. */
export const TASK_KEY = 'xtrace_task_id';
/** The paper's metadata key for event ids: one decimal value per event. */
export const EVENT_KEY = 'xtrace_event_id';

/** Reads and writes one kind of carrier: gRPC metadata, a headers object, a message. */
export interface CarrierAccess<C> {
  /** Returns all values of the key, in order; an empty array if it is absent. */
  get(carrier: C, key: string): readonly string[];
  /** Replaces all values of the key. */
  set(carrier: C, key: string, values: readonly string[]): void;
}

/** The metadata of gRPC, as far as it carries ids. */
export interface Metadata {
  get(key: string): readonly unknown[];
  set(key: string, value: string): void;
  add(key: string, value: string): void;
  remove(key: string): void;
  clone(): Metadata;
}

/** Reads and writes the metadata of gRPC. */
export const metadataAccess: CarrierAccess<Pick<Metadata, 'get' | 'add' | 'remove'>> = {
  // HTTP/2 joins the values of a repeated header with commas.
  get: (metadata, key) => metadata.get(key).flatMap((value) => String(value).split(/, ?/)),
  set(metadata, key, values) {
    metadata.remove(key);
    for (const value of values) metadata.add(key, value);
  },
};

/** Which sides of gRPC carry ids by themselves, so that interceptors of ours have nothing to do. */
export const carriedByItself = shared('grpc-carried', { clients: false, servers: false });

/** The contents of a carrier: a task and the events that came before. */
export interface Carried {
  readonly taskId: string;
  readonly eventIds: readonly string[];
}

/** The reason why a carrier cannot be read, worded as in the paper's `ExtractIDs`. */
export interface Unreadable {
  readonly problem: string;
  /** True if an id is missing, false if one is malformed. */
  readonly missing: boolean;
}

/** Writes a task and its latest events into a carrier. */
export function inject<C>(carrier: C, access: CarrierAccess<C>, trace: Trace): void {
  access.set(carrier, TASK_KEY, [toDecimal(trace.taskId)]);
  access.set(
    carrier,
    EVENT_KEY,
    trace.latest.map(({ id }) => toDecimal(id)),
  );
}

/**
 * Reads the task and events from a carrier. Missing or malformed ids are not an error of the request: it runs in
 * a task of its own.
 *
 * Ids may be signed or unsigned: systems with 64-bit ids write half of them as negative numbers.
 */
export function extract<C>(carrier: C, access: CarrierAccess<C>): Carried | Unreadable {
  const eventIds: string[] = [];
  for (const text of access.get(carrier, EVENT_KEY)) {
    const id = fromDecimal(text);
    if (id === undefined) return malformed(EVENT_KEY, text);
    if (id !== NO_EVENT) eventIds.push(id);
  }
  // If the task is repeated, the last value counts, as in the Go client.
  const task = access.get(carrier, TASK_KEY).at(-1);
  if (task === undefined) {
    const missing = eventIds.length === 0 ? 'Event' : 'Task';
    return { problem: `no ${missing} ID found in metadata`, missing: true };
  }
  const taskId = fromDecimal(task);
  return taskId === undefined ? malformed(TASK_KEY, task) : { taskId: padTask(taskId), eventIds };
}

/** The parent id in the first event of a task: there is no such event. */
const NO_EVENT = '0000000000000000';

function malformed(key: string, text: string): Unreadable {
  return {
    problem: `malformed metadata: ${key} must be a 64-bit decimal, got ${JSON.stringify(text)}`,
    missing: false,
  };
}

/** Returns the frame that a request's handler starts from: root, plus the sender's task. */
export function requestFrame(carried: Carried): Frame {
  const latest = carried.eventIds.map((id) => Position.elsewhere(id, []));
  const trace: Trace = { taskId: carried.taskId, latest, notes: NONE };
  return branch(OUTSIDE).with(client.traceSlot, trace);
}

/** Returns the frame in which a caller continues: its own, joined with those events of the answer that `sent` lacks. */
export function answeredFrame(own: Frame, sent: Trace, answer: Carried): Frame {
  const news = answer.eventIds.filter((id) => !sent.latest.some((event) => event.id === id));
  if (news.length === 0) return branch(own);
  const latest = news.map((id) => Position.elsewhere(id, sent.latest));
  const theirs: Trace = { taskId: answer.taskId, latest, notes: NONE };
  // A caller without a task of its own continues in the task that it sent.
  const mine = own.has(client.traceSlot as never) ? own : own.with(client.traceSlot, sent);
  return joinFrames(branch(mine), mine.with(client.traceSlot, theirs));
}
