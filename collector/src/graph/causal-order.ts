import type { TraceEvent } from '../store/store.js';
import { Heap } from './heap.js';

/** The events of one task as a causal graph. */
export interface CausalGraph {
  /** Events in causal order: each after all of its parents, and otherwise by timestamp. */
  readonly events: readonly TraceEvent[];
  readonly byId: ReadonlyMap<string, TraceEvent>;
  /** Returns the parents of an event. Parents that have not arrived are not included. */
  parents(event: TraceEvent): readonly TraceEvent[];
  /** Returns the events that have this event as a parent. */
  children(event: TraceEvent): readonly TraceEvent[];
  /** Returns the length of the longest chain of causes that leads to the event; 0 for a root. */
  depth(event: TraceEvent): number;
  /** Ids of parents that have not arrived. */
  readonly missing: readonly string[];
}

/**
 * Builds the causal graph of a task's events, in time n log n in events and edges. Does not change the
 * array.
 */
export function causalGraph(given: readonly TraceEvent[]): CausalGraph {
  const events = [...given].sort((a, b) => a.timestamp - b.timestamp);
  const byId = new Map(events.map((event) => [event.eventId, event]));
  const parents = new Map<TraceEvent, TraceEvent[]>();
  const children = new Map<TraceEvent, TraceEvent[]>(events.map((event) => [event, []]));
  const missing = new Set<string>();
  for (const event of events) {
    const known: TraceEvent[] = [];
    for (const id of new Set(event.parentEventIds)) {
      const parent = byId.get(id);
      if (parent === undefined) missing.add(id);
      else if (parent !== event) known.push(parent);
    }
    parents.set(event, known);
    for (const parent of known) children.get(parent)!.push(event);
  }

  const depths = new Map<TraceEvent, number>();
  const ordered = inCausalOrder(events, parents, children);
  for (const event of ordered) {
    let depth = 0;
    for (const parent of parents.get(event)!)
      depth = Math.max(depth, (depths.get(parent) ?? 0) + 1);
    depths.set(event, depth);
  }
  return {
    events: ordered,
    byId,
    parents: (event) => parents.get(event) ?? [],
    children: (event) => children.get(event) ?? [],
    depth: (event) => depths.get(event) ?? 0,
    missing: [...missing],
  };
}

/** Sorts by Kahn's algorithm. Events in a cycle, which only a faulty client can report, come last. */
function inCausalOrder(
  events: readonly TraceEvent[],
  parents: ReadonlyMap<TraceEvent, readonly TraceEvent[]>,
  children: ReadonlyMap<TraceEvent, readonly TraceEvent[]>,
): TraceEvent[] {
  const open = new Map(events.map((event) => [event, parents.get(event)!.length]));
  const place = new Map(events.map((event, i) => [event, i]));
  const ready = new Heap<TraceEvent>((a, b) => place.get(a)! < place.get(b)!);
  for (const event of events) if (open.get(event) === 0) ready.push(event);

  const ordered: TraceEvent[] = [];
  for (let event = ready.pop(); event !== undefined; event = ready.pop()) {
    ordered.push(event);
    for (const child of children.get(event)!) {
      const left = open.get(child)! - 1;
      open.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  if (ordered.length === events.length) return ordered;
  const placed = new Set(ordered);
  return [...ordered, ...events.filter((event) => !placed.has(event))];
}
