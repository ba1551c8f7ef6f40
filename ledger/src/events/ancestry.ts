import type { TestEvent } from './event.js';

/** The events of a graph, by id. Parents that are not in the graph are ignored. */
export type Graph = ReadonlyMap<string, TestEvent>;

/** The causal relation of one event to another. Events are `apart` when neither came before the other. */
export type Relation = 'before' | 'after' | 'same' | 'apart';

/** Returns the causal relation of `one` to `other`. */
export function relation(graph: Graph, one: TestEvent, other: TestEvent): Relation {
  if (one === other) return 'same';
  if (ancestorsOf(graph, other).has(one)) return 'before';
  return ancestorsOf(graph, one).has(other) ? 'after' : 'apart';
}

/** Returns the shortest chain of causes from an event to a later one, both included. */
export function chain(graph: Graph, from: TestEvent, to: TestEvent): TestEvent[] {
  const next = ancestorsOf(graph, to);
  const events: TestEvent[] = [];
  for (let at: TestEvent | undefined = from; at !== undefined; at = next.get(at)) events.push(at);
  return events;
}

/** Returns the nearest event that both come after, by distance from the first. */
export function commonCause(graph: Graph, one: TestEvent, other: TestEvent): TestEvent | undefined {
  const others = ancestorsOf(graph, other);
  return [...ancestorsOf(graph, one).keys()].find((event) => others.has(event));
}

/** The number of ancestors that `latestOf` visits for each event. */
const LOOK_BACK = 1000;

/**
 * Returns the events of a set that are not ancestors of another one. An ancestor that is too far back is not
 * found and stays in the set: the extra edge is redundant, but true.
 */
export function latestOf(graph: Graph, ids: readonly string[]): readonly string[] {
  if (ids.length < 2) return ids;
  const covered = new Set<string>();
  for (const id of ids) {
    const event = graph.get(id);
    if (event === undefined) continue;
    for (const { eventId } of ancestorsOf(graph, event, LOOK_BACK).keys()) {
      if (eventId !== id) covered.add(eventId);
    }
  }
  return ids.filter((id) => !covered.has(id));
}

/** Returns an event and its ancestors, nearest first, each with the next event on the way to the given one. */
function ancestorsOf(
  graph: Graph,
  event: TestEvent,
  most = Infinity,
): Map<TestEvent, TestEvent | undefined> {
  const next = new Map<TestEvent, TestEvent | undefined>([[event, undefined]]);
  // Iterating over a map also visits the entries added meanwhile.
  for (const at of next.keys()) {
    if (next.size > most) break;
    for (const id of at.parentEventIds) {
      const parent = graph.get(id);
      if (parent !== undefined && !next.has(parent)) next.set(parent, at);
    }
  }
  return next;
}
