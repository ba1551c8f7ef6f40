import { shared } from '../kernel/index.js';
import type { EventId, TaskId } from './ids.js';
import { Position } from './position.js';
import type { Line } from './position.js';

// What goes to another thread, process or task may come back. It says which of our events it comes after.

/** What the trace of a strand knows (trace.ts). */
interface Known {
  readonly taskId: TaskId;
  readonly latest: readonly Position[];
  readonly notes: readonly string[];
}

const { told, origins } = shared('round-trips', {
  /** The latest events that others know of. */
  told: new Map<EventId, Position>(),
  /** The events of others that lines start with. */
  origins: new WeakMap<Line, EventId>(),
});
const MOST_TOLD = 4096;
/** How many events of the other side an event names. Without the rest, an edge may be redundant, and is still a true one. */
const MOST_ORIGINS = 8;

/** Notes an event that may come back, and returns its id. */
function remember(event: Position): EventId {
  told.delete(event.id);
  told.set(event.id, event);
  if (told.size > MOST_TOLD) told.delete(told.keys().next().value!);
  return event.id;
}

/**
 * Returns what the trace of another task has for one: notes of its events, and the events of this task that it comes after itself. A queue
 * that does work for one task in the context of another brings them back.
 */
export function fromOther({ taskId }: Pick<Known, 'taskId'>, theirs: Known): Omit<Known, 'taskId'> {
  const own = `link ${taskId}/`;
  const [back, away]: [string[], string[]] = [[], []];
  for (const note of theirs.notes) (note.startsWith(own) ? back : away).push(note);
  for (const event of theirs.latest) away.push(`link ${theirs.taskId}/${remember(event)}`);
  const latest = back.map((note) => note.slice(own.length));
  return { notes: away, latest: latest.map((id) => told.get(id) ?? Position.elsewhere(id, [])) };
}

/** Writes an event for another thread or process: its id, and the events of others that it comes after, with colons between. */
export function encodeEvent(event: Position): string {
  remember(event);
  const known = originsOf(event).filter((id) => id !== event.id);
  return [event.id, ...known.slice(-MOST_ORIGINS)].join(':');
}

/** Returns the events of others that an event is known to come after. */
function originsOf({ line, past }: Position): EventId[] {
  return [line, ...past.map((mark) => mark.line)].flatMap((one) => origins.get(one) ?? []);
}

/** Reads an event that another thread or process has written. */
export function decodeEvent(text: string): Position {
  const [id, ...known] = text.split(':') as [EventId, ...EventId[]];
  const parents = known.flatMap((origin) => told.get(origin) ?? []);
  const event = Position.elsewhere(id, parents);
  origins.set(event.line, id);
  return event;
}
