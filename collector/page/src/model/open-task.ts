import { alignClocks } from '../../../src/analysis/clocks';
import { causesOf, criticalPath } from '../../../src/analysis/critical-path';
import type { Step } from '../../../src/analysis/critical-path';
import { explainPath } from '../../../src/analysis/why';
import type { Why } from '../../../src/analysis/why';
import { causalGraph } from '../../../src/graph/causal-graph';
import type { CausalGraph } from '../../../src/graph/causal-graph';
import { joinParts } from '../../../src/graph/join-parts';
import type { JoinPart } from '../../../src/graph/join-parts';
import { NONE } from '../../../src/graph/task-model';
import type { TaskModel } from '../../../src/graph/task-model';

/** A task as the page shows it: its graph, and what follows from it. */
export interface OpenTask {
  readonly graph: CausalGraph;
  /** By event, in microseconds since 1970, by one clock (`alignClocks`). */
  readonly time: Float64Array;
  /** Time of the first event and of the last one. */
  readonly start: number;
  readonly end: number;
  /** How long the operation took that begins the task, or all of it, in microseconds. */
  readonly duration: number;
  /** The path that decided when the task ended. */
  readonly path: readonly Step[];
  readonly why: Why;
  /** The parts of joins that failed or were abandoned. */
  readonly joinParts: readonly JoinPart[];
}

/** Computes what the page shows of a task. Takes at least one event. */
export function openTask(model: TaskModel): OpenTask {
  const graph = causalGraph(model);
  const time = alignClocks(graph);
  const path = criticalPath(graph, time);
  let [start, end] = [Infinity, -Infinity];
  for (const one of time) {
    start = Math.min(start, one);
    end = Math.max(end, one);
  }
  const first = graph.order[0]!;
  const ended = model.begins(first) ? model.partner[first]! : NONE;
  const duration = ended === NONE ? end - start : time[ended]! - time[first]!;
  const why = explainPath(graph, time, path);
  return { graph, time, path, start, end, duration, why, joinParts: joinParts(model) };
}

/** One cause in the chain that leads to an event. */
export interface Cause {
  readonly event: number;
  /** How long after it the next one came, in microseconds. */
  readonly gap: number;
}

/** Returns the chain of causes of an event, each the parent that came last, up to the root. The nearest comes first. */
export function chainOf({ graph, time }: OpenTask, event: number): Cause[] {
  let after = event;
  return causesOf(graph, time, event).map((cause) => {
    const gap = time[after]! - time[cause]!;
    after = cause;
    return { event: cause, gap };
  });
}
