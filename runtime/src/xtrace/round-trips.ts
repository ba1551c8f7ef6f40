import { shared } from '../kernel/index.js';
import type { EventId } from './ids.js';
import { Position } from './position.js';
import type { Line } from './position.js';

// What goes to another thread or process may come back. An answer says which of our events it comes after, so that they are no
// parents of what follows it.

const { told, origins } = shared('round-trips', {
  /** The latest events that others were told of. */
  told: new Map<EventId, Position>(),
  /** The events of others that lines start with. */
  origins: new WeakMap<Line, EventId>(),
});
const MOST_TOLD = 4096;
/** How many events of the other side an event names. Without the rest, an edge may be redundant, and is still a true one. */
const MOST_ORIGINS = 8;

/** Writes an event for another thread or process: its id, and the events of others that it comes after, with colons between. */
export function encodeEvent(event: Position): string {
  told.delete(event.id);
  told.set(event.id, event);
  if (told.size > MOST_TOLD) told.delete(told.keys().next().value!);
  const known = originsOf(event).filter((id) => id !== event.id);
  return [event.id, ...known.slice(-MOST_ORIGINS)].join(':');
}

/** Returns the events of others that an event is known to come after. */
function originsOf({ line, past }: Position): EventId[] {
  return [line, ...(past?.keys() ?? [])].flatMap((one) => origins.get(one) ?? []);
}

/** Reads an event that another thread or process has written. */
export function decodeEvent(text: string): Position {
  const [id, ...known] = text.split(':') as [EventId, ...EventId[]];
  const parents = known.flatMap((origin) => told.get(origin) ?? []);
  const event = Position.elsewhere(id, parents);
  origins.set(event.line, id);
  return event;
}
