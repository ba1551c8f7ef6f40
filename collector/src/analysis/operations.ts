import type { CausalGraph } from '../graph/causal-graph.js';
import { NONE } from '../graph/task-model.js';

/** An operation that has begun, and when it ended, if it has. Events are indexes, times are in microseconds. */
export interface OperationTime {
  readonly begin: number;
  /** `NONE` if it has not ended. */
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Returns the operations of a task, in causal order. One that has not ended lasts as long as the task so far. */
export function operationsOf({ model, order }: CausalGraph, time: Float64Array): OperationTime[] {
  const last = time.reduce((latest, one) => Math.max(latest, one), -Infinity);
  const operations: OperationTime[] = [];
  for (const begin of order) {
    if (!model.begins(begin)) continue;
    const end = model.partner[begin]!;
    operations.push({ begin, end, from: time[begin]!, to: end === NONE ? last : time[end]! });
  }
  return operations;
}

/**
 * Returns the begin of the innermost operation around each event, or `NONE`. For the begin and the end of an operation, that is the one
 * around it.
 */
export function operationsAround({ model, order, parents }: CausalGraph): Int32Array {
  const around = new Int32Array(model.size).fill(NONE);
  for (const event of order) {
    const begin = model.begunBy(event);
    if (begin !== NONE) {
      around[event] = around[begin]!;
      continue;
    }
    const [parent] = parents.of(event);
    if (parent === undefined) continue;
    around[event] = model.begins(parent) ? parent : around[parent]!;
  }
  return around;
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
