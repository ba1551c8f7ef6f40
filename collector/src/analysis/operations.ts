import type { CausalGraph } from '../graph/causal-order.js';
import type { TraceEvent } from '../store/store.js';
import type { Clock } from './clocks.js';
import { begins, fieldOf } from './fields.js';

/** An operation that has begun, and when it ended, if it has. Times are in microseconds. */
export interface OperationTime {
  readonly begin: TraceEvent;
  readonly end: TraceEvent | undefined;
  readonly from: number;
  readonly to: number;
}

/** Returns the operations of a task, in causal order. One that has not ended lasts as long as the task so far. */
export function operationsOf(graph: CausalGraph, clock: Clock): OperationTime[] {
  const ended = new Map<string, TraceEvent>();
  let last = -Infinity;
  for (const event of graph.events) {
    last = Math.max(last, clock(event));
    const operation = fieldOf(event, 'operation');
    if (operation !== undefined && fieldOf(event, 'phase') === 'end') ended.set(operation, event);
  }
  return graph.events.filter(begins).map((begin) => {
    const end = ended.get(begin.eventId);
    return { begin, end, from: clock(begin), to: end === undefined ? last : clock(end) };
  });
}

/** How operations filled a time. */
export interface Coverage {
  /** How long at least one was running, in microseconds. */
  readonly covered: number;
  /** How long none was. */
  readonly gaps: number;
  /** How many were running at once while any was: on average, and at most. */
  readonly average: number;
  readonly most: number;
}

/** Returns how operations fill the time between two moments. */
export function coverageOf(
  operations: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): Coverage {
  const changes = operations
    .map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) }))
    .filter((one) => one.to > one.from)
    .flatMap((one) => [
      { at: one.from, by: 1 },
      { at: one.to, by: -1 },
    ])
    // Of changes at one moment, ends come first: operations that touch do not overlap.
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [covered, sum, running, most, before] = [0, 0, 0, 0, from];
  for (const { at, by } of changes) {
    if (running > 0) covered += at - before;
    sum += running * (at - before);
    running += by;
    most = Math.max(most, running);
    before = at;
  }
  return { covered, gaps: to - from - covered, average: covered > 0 ? sum / covered : 0, most };
}
