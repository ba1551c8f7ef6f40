import type { Event } from './event.js';

/** The events of a graph, by id. Parents that are not among them are as if there were none. */
export type Graph = ReadonlyMap<string, Event>;

/** How two events of a graph stand to each other. */
export type Relation = 'before' | 'after' | 'same' | 'apart';

export function relation(graph: Graph, one: Event, other: Event): Relation {
  if (one === other) return 'same';
  if (wayBack(graph, other).has(one)) return 'before';
  return wayBack(graph, one).has(other) ? 'after' : 'apart';
}

/** The shortest chain of causes from an event to one that came after it, both with it. */
export function chain(graph: Graph, from: Event, to: Event): Event[] {
  const next = wayBack(graph, to);
  const events: Event[] = [];
  for (let at: Event | undefined = from; at !== undefined; at = next.get(at)) events.push(at);
  return events;
}

/** The nearest event that both come after, seen from the first. */
export function commonCause(graph: Graph, one: Event, other: Event): Event | undefined {
  const others = wayBack(graph, other);
  return [...wayBack(graph, one).keys()].find((event) => others.has(event));
}

/** How far back is looked for an event that another one covers. */
const LOOK_BACK = 1000;

/**
 * The events of a set that none of the others came after. One that is further back than anybody looks
 * stays: an edge too many is still a true one.
 */
export function latestOf(graph: Graph, ids: readonly string[]): readonly string[] {
  if (ids.length < 2) return ids;
  const covered = new Set<string>();
  for (const id of ids) {
    const event = graph.get(id);
    if (event === undefined) continue;
    for (const { eventId } of wayBack(graph, event, LOOK_BACK).keys()) {
      if (eventId !== id) covered.add(eventId);
    }
  }
  return ids.filter((id) => !covered.has(id));
}

/** An event and all that came before it, the nearest first; to each, the next on the way to the event. */
function wayBack(graph: Graph, event: Event, most = Infinity): Map<Event, Event | undefined> {
  const next = new Map<Event, Event | undefined>([[event, undefined]]);
  // A map's own iteration goes on to what is added to it.
  for (const at of next.keys()) {
    if (next.size > most) break;
    for (const id of at.parentEventIds) {
      const parent = graph.get(id);
      if (parent !== undefined && !next.has(parent)) next.set(parent, at);
    }
  }
  return next;
}
