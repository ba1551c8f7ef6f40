import { register } from '../faces/slots.js';
import { shared } from '../kernel/index.js';
import type { Token } from '../kernel/index.js';
import type { EventId, TaskId } from './ids.js';
import { isSameTask, newEventId, newTaskId } from './ids.js';
import { latestOf, NONE, Position } from './position.js';
import { decodeEvent, encodeEvent, fromOther } from './round-trips.js';

/** The value of the X-Trace slot: the task of a strand, and the latest events that it knows. */
export interface Trace {
  readonly taskId: TaskId;
  /** The parents of the next event. They are independent: none came before another. */
  readonly latest: readonly Position[];
  /**
   * What the next event says about joins since the last one: fields, as name and value with a space between. `link` is an event
   * of another task, as `task/event`.
   */
  readonly notes: readonly string[];
}

/** The maximum number of latest events. A larger set is replaced by one `join` event. */
export const MAX_LATEST = 64;

/** What all copies of the client have in common. */
export const traces = shared('trace', {
  /** The trace of the process. */
  process: undefined as Trace | undefined,
  /** Reports a `join` event. Set by log.ts: the slot itself sends nothing. */
  join: undefined as ((before: Trace, id: EventId) => void) | undefined,
  slot: undefined as Token<Trace | undefined> | undefined,
});

/** Returns the trace of the process. As in the paper, events belong to its task until another one is started. */
export function traceOfProcess(): Trace {
  traces.process ??= { taskId: newTaskId(), latest: NONE, notes: NONE };
  return traces.process;
}

/** The slot that holds the trace of a strand. There is one for all copies of the client: two of one name would both be sent. */
export const traceSlot = (traces.slot ??= register<Trace | undefined>(undefined, {
  join: joinTraces,
  carry: { name: 'xtrace', encode: encodeTrace, decode: decodeTrace },
}));

/** Encodes a task and its latest events for another thread or process: `task/event,event`. */
function encodeTrace(trace: Trace | undefined): string | undefined {
  return trace && `${trace.taskId}/${trace.latest.map(encodeEvent).join()}`;
}

function decodeTrace(text: string): Trace {
  const [taskId, events] = text.split('/') as [TaskId, string];
  const latest = events.split(',').filter(Boolean);
  return { taskId, latest: latest.map(decodeEvent), notes: NONE };
}

/**
 * Joins the trace of another strand: returns the union of both sets of latest events, without events that came
 * before another one. A strand that has logged nothing since it spawned the other continues from its last events.
 *
 * Events of another task never become parents. The task stays as it is, and notes remember those events. Who worked for several tasks,
 * such as the loop of a queue, has notes of events of this one: they become parents.
 */
export function joinTraces(mine: Trace | undefined, theirs: Trace | undefined): Trace | undefined {
  if (theirs === undefined) return mine;
  const own = mine ?? traceOfProcess();
  const known = isSameTask(own.taskId, theirs.taskId) ? theirs : fromOther(own, theirs);
  const linked = withNotes(own, known.notes);
  const latest = latestOf(own.latest, known.latest);
  if (latest === own.latest) return linked === own ? mine : linked;
  const { taskId, notes } = linked;
  const joined = { taskId, latest, notes };
  if (latest.length <= MAX_LATEST) return joined;
  const { trace, id } = addEvent(joined);
  traces.join?.(joined, id);
  return trace;
}

/** Returns the trace after one more event, and the id of the event. Its parents are all latest events. */
export function addEvent(trace: Trace, id = newEventId()): { trace: Trace; id: EventId } {
  const event = Position.after(id, trace.latest);
  return { trace: { taskId: trace.taskId, latest: [event], notes: NONE }, id };
}

function withNotes(own: Trace, notes: readonly string[]): Trace {
  if (notes.length === 0) return own;
  const added = notes.filter((note) => !own.notes.includes(note));
  if (added.length === 0) return own;
  // Bounded like the set of parents. The newest notes are the most useful.
  return { ...own, notes: [...own.notes, ...added].slice(-MAX_LATEST) };
}
