import { register } from '../faces/slots.js';
import type { EventId, TaskId } from './ids.js';
import { isSameTask, newEventId, newTaskId } from './ids.js';
import { latestOf, Position } from './position.js';

/** The X-Trace slot's value: which task this strand belongs to, and the latest events it knows of. */
export interface Trace {
  readonly taskId: TaskId;
  /** Of each other independent: none of them came before another. */
  readonly latest: readonly Position[];
  /** Events of other tasks that this strand took in since its last event, as `task/event`. */
  readonly links: readonly string[];
}

/** A set of latest events that would grow past this is replaced by one `join` event. */
export const MAX_LATEST = 64;

/** Reports a `join` event. Set by log.ts: the slot itself sends nothing. */
type ReportJoin = (before: Trace, id: EventId) => void;
let reportJoin: ReportJoin = () => {};
export function onJoin(report: ReportJoin): void {
  reportJoin = report;
}

/**
 * The task of a process, in which everything happens that no other task was started for. As in the
 * paper, a program may log without a word about tasks.
 */
let processTask: Trace | undefined;
export function traceOfProcess(): Trace {
  processTask ??= { taskId: newTaskId(), latest: [], links: [] };
  return processTask;
}

export const traceSlot = register<Trace | undefined>(undefined, {
  join: joinTraces,
  carry: { name: 'xtrace', encode: asText, decode: fromText },
});

/** The task and its latest events, as they cross to another thread: `task/event,event`. */
function asText(trace: Trace | undefined): string | undefined {
  return trace && `${trace.taskId}/${trace.latest.map(({ id }) => id).join()}`;
}

function fromText(text: string): Trace {
  const [taskId, events] = text.split('/') as [TaskId, string];
  const latest = events.split(',').filter(Boolean);
  return { taskId, latest: latest.map((id) => Position.elsewhere(id, [])), links: [] };
}

/**
 * Takes in what another strand ended with: the union of both sets, without what is dominated. A
 * strand that has not moved since it spawned the other one goes on where that one ended.
 *
 * Another task's events never become parents: the task stays, and a link remembers them.
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
  const { trace, id } = after(joined);
  reportJoin(joined, id);
  return trace;
}

/** Returns the trace after one more event, and its id. The event's parents are all of the latest ones. */
export function after(trace: Trace): { trace: Trace; id: EventId } {
  const id = newEventId();
  const event = Position.after(id, trace.latest);
  return { trace: { taskId: trace.taskId, latest: [event], links: [] }, id };
}

function withLinks(own: Trace, links: readonly string[]): Trace {
  if (links.length === 0) return own;
  const added = links.filter((link) => !own.links.includes(link));
  if (added.length === 0) return own;
  // Bounded as the set of parents is; the newest say most.
  return { ...own, links: [...own.links, ...added].slice(-MAX_LATEST) };
}
