import { causalGraph } from '../graph/causal-graph.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { alignClocks } from './clocks.js';
import { criticalPath } from './critical-path.js';
import { kindOf } from './kinds.js';
import { operationsOf } from './operations.js';
import { explainPath } from './why.js';

/** How often something happened in a task, and how long it took there. Times are in microseconds. */
export interface Amount {
  readonly times: number;
  readonly duration: number;
}

/** One kind of operation in two tasks. */
export interface Difference {
  /** Its label, with numbers and ids replaced by `#`. */
  readonly what: string;
  readonly before: Amount;
  readonly after: Amount;
  /** True if it is on the path that decided when one of the tasks ended. */
  readonly decided: boolean;
}

/** What two tasks differ in. */
export interface Comparison {
  readonly before: { readonly taskId: string; readonly title: string; readonly duration: number };
  readonly after: { readonly taskId: string; readonly title: string; readonly duration: number };
  /** Operations that only the second task has, only the first, and both, the largest difference in time first. */
  readonly added: readonly Difference[];
  readonly removed: readonly Difference[];
  readonly changed: readonly Difference[];
}

const NONE: Amount = { times: 0, duration: 0 };

/** Compares two tasks by their operations. Takes at least one event of each. */
export function compareTasks(
  first: Iterable<TraceEvent>,
  second: Iterable<TraceEvent>,
): Comparison {
  const [before, after] = [summaryOf(first), summaryOf(second)];
  const names = new Set([...before.amounts.keys(), ...after.amounts.keys()]);
  const differences = [...names].map((what) => ({
    what,
    before: before.amounts.get(what) ?? NONE,
    after: after.amounts.get(what) ?? NONE,
    decided: before.decided.has(what) || after.decided.has(what),
  }));
  differences.sort((a, b) => sizeOf(b) - sizeOf(a));
  return {
    before: before.task,
    after: after.task,
    added: differences.filter((one) => one.before.times === 0),
    removed: differences.filter((one) => one.after.times === 0),
    changed: differences.filter((one) => one.before.times > 0 && one.after.times > 0),
  };
}

function sizeOf({ before, after }: Difference): number {
  return Math.abs(after.duration - before.duration);
}

function summaryOf(events: Iterable<TraceEvent>) {
  const graph = causalGraph(events);
  const { model } = graph;
  const time = alignClocks(graph);
  const path = criticalPath(graph, time);
  const amounts = new Map<string, Amount>();
  for (const { begin, from, to } of operationsOf(graph, time)) {
    const kind = kindOf(model.labelOf(begin));
    const { times, duration } = amounts.get(kind) ?? NONE;
    amounts.set(kind, { times: times + 1, duration: duration + to - from });
  }
  const begun = path.map(({ from }) => from).filter((i) => model.begins(i));
  const decided = new Set(begun.map((i) => kindOf(model.labelOf(i))));
  const { taskId, title, duration } = explainPath(graph, time, path);
  return { task: { taskId, title, duration }, amounts, decided };
}
