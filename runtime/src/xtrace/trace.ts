import { register } from '../faces/slots.js';
import type { EventId, TaskId } from './ids.js';
import { isSameTask, newEventId, newTaskId } from './ids.js';
import { latestOf, Position } from './position.js';

/** The value of the X-Trace slot: the task of a strand, and the latest events that it knows. */
export interface Trace {
  readonly taskId: TaskId;
  /** The parents of the next event. They are independent: none came before another. */
  readonly latest: readonly Position[];
  /** Events of other tasks that the strand has joined since its last event, as `task/event`. */
  readonly links: readonly string[];
}

/** The maximum number of latest events. A larger set is replaced by one `join` event. */
export const MAX_LATEST = 64;

/** Reports a `join` event. Set by log.ts: the slot itself sends nothing. */
type ReportJoin = (before: Trace, id: EventId) => void;
let reportJoin: ReportJoin = () => {};

/** Sets the function that reports `join` events. */
export function onJoin(report: ReportJoin): void {
  reportJoin = report;
}

let processTask: Trace | undefined;

/** Returns the trace of the process. As in the paper, events belong to its task until another one is started. */
export function traceOfProcess(): Trace {
  processTask ??= { taskId: newTaskId(), latest: [], links: [] };
  return processTask;
}

/** The slot that holds the trace of a strand. */
export const traceSlot = register<Trace | undefined>(undefined, {
  join: joinTraces,
  carry: { name: 'xtrace', encode: encodeTrace, decode: decodeTrace },
});

/** Encodes a task and its latest events for another thread: `task/event,event`. */
function encodeTrace(trace: Trace | undefined): string | undefined {
  return trace && `${trace.taskId}/${trace.latest.map(({ id }) => id).join()}`;
}

function decodeTrace(text: string): Trace {
  const [taskId, events] = text.split('/') as [TaskId, string];
  const latest = events.split(',').filter(Boolean);
  return { taskId, latest: latest.map((id) => Position.elsewhere(id, [])), links: [] };
}

/**
 * Joins the trace of another strand: returns the union of both sets of latest events, without events that came
 * before another one. A strand that has logged nothing since it spawned the other continues from its last events.
 *
 * Events of another task never become parents. The task stays as it is, and links remember those events.
 */
export function joinTraces(mine: Trace | undefined, theirs: Trace | undefined): Trace | undefined {
  if (theirs === undefined) return mine;
  const own = mine ?? traceOfProcess();
  if (!isSameTask(own.taskId, theirs.taskId)) {
    const news = theirs.latest.map(({ id }) => `${theirs.taskId}/${id}`);
    return withLinks(own, [...theirs.links, ...news]);
  }

  const linked = withLinks(own, theirs.links);
  const latest = latestOf(own.latest, theirs.latest);
  if (latest === own.latest) return linked === own ? mine : linked;
  const joined = { ...linked, latest };
  if (latest.length <= MAX_LATEST) return joined;
  const { trace, id } = addEvent(joined);
  reportJoin(joined, id);
  return trace;
}

/** Returns the trace after one more event, and the id of the event. Its parents are all latest events. */
export function addEvent(trace: Trace): { trace: Trace; id: EventId } {
  const id = newEventId();
  const event = Position.after(id, trace.latest);
  return { trace: { taskId: trace.taskId, latest: [event], links: [] }, id };
}

function withLinks(own: Trace, links: readonly string[]): Trace {
  if (links.length === 0) return own;
  const added = links.filter((link) => !own.links.includes(link));
  if (added.length === 0) return own;
  // Bounded like the set of parents. The newest links are the most useful.
  return { ...own, links: [...own.links, ...added].slice(-MAX_LATEST) };
}
