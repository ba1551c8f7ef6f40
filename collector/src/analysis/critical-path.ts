import type { CausalGraph } from '../graph/causal-order.js';
import type { TraceEvent } from '../store/store.js';
import type { Clock } from './clocks.js';
import { begins, ends, fieldOf, processOf } from './fields.js';

/** Why a step of the path took its time. */
export type Reason =
  /** An operation ran whose inside is not known: a query, a request to a service that is not traced. */
  | 'operation'
  /** A request was on its way to another process. */
  | 'request'
  /** An answer was on its way back. */
  | 'answer'
  /** A message waited for somebody to handle it. */
  | 'queue'
  /** The program ran, or waited for something that is not logged. */
  | 'program';

/** One edge of the path that decided when a task ended. */
export interface Step {
  readonly from: TraceEvent;
  readonly to: TraceEvent;
  readonly reason: Reason;
  /** When it begins, in microseconds after the task. */
  readonly at: number;
  /** How long it took, in microseconds. */
  readonly duration: number;
}

/**
 * Returns the path that decided when a task ended: from the end, at each event on to the parent that came last. Had any of its steps been
 * shorter, the task would have ended earlier; had another one been, it would not.
 */
export function criticalPath(graph: CausalGraph, clock: Clock): Step[] {
  const start = graph.events[0];
  if (start === undefined) return [];
  const path: TraceEvent[] = [];
  const seen = new Set<TraceEvent>();
  for (let at: TraceEvent | undefined = lastEvent(graph, clock); at && !seen.has(at);) {
    seen.add(at);
    path.push(at);
    at = latestOf(graph.parents(at), clock);
  }
  path.reverse();
  const origin = clock(path[0]!);
  return path.slice(1).map((to, i) => {
    const from = path[i]!;
    const at = clock(from) - origin;
    return { from, to, reason: reasonOf(from, to), at, duration: clock(to) - clock(from) };
  });
}

/** Returns the end of the operation that begins the task, or the latest event. */
export function lastEvent(graph: CausalGraph, clock: Clock): TraceEvent | undefined {
  const [first] = graph.events;
  if (first === undefined) return undefined;
  const end = begins(first) ? graph.events.find((event) => ends(event, first)) : undefined;
  return end ?? latestOf(graph.events, clock);
}

function latestOf(events: readonly TraceEvent[], clock: Clock): TraceEvent | undefined {
  let latest: TraceEvent | undefined;
  for (const event of events) {
    if (latest === undefined || clock(event) >= clock(latest)) latest = event;
  }
  return latest;
}

function reasonOf(from: TraceEvent, to: TraceEvent): Reason {
  const kind = fieldOf(from, 'kind');
  if (begins(from) && ends(to, from) && kind !== 'server' && kind !== 'consumer')
    return 'operation';
  if (fieldOf(to, 'kind') === 'consumer') return 'queue';
  if (processOf(from) === processOf(to)) return 'program';
  return begins(from) ? 'request' : 'answer';
}
