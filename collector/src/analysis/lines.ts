import { causalGraph } from '../graph/causal-graph.js';
import { NONE } from '../graph/task-model.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { alignClocks } from './clocks.js';
import { kindOf } from './kinds.js';
import { criticalPath } from './critical-path.js';
import { operationsOf } from './operations.js';
import { EXAMPLES, valueAt } from './percentiles.js';

/** What one line of source cost in many tasks. Times are in microseconds. */
export interface LineAmount {
  /** `file:line`; empty for operations whose line is not known. */
  readonly source: string;
  /** Its operation, with numbers and ids replaced by `#`. */
  readonly what: string;
  readonly times: number;
  readonly errors: number;
  /** Half of its operations took at most `median`, and 95 of 100 at most `p95`. */
  readonly median: number;
  readonly p95: number;
  /** How long it was on the paths that decided when tasks ended. */
  readonly decided: number;
  /** The tasks in which it took longest, the longest first. */
  readonly tasks: readonly string[];
}

interface Operation {
  readonly taskId: string;
  readonly duration: number;
}

/** Adds up what lines cost, task by task. */
export class LineTotals {
  private readonly byLine = new Map<
    string,
    { source: string; what: string; errors: number; decided: number; operations: Operation[] }
  >();

  /** Adds a task. Takes at least one event. */
  add(events: Iterable<TraceEvent>): void {
    const graph = causalGraph(events);
    const { model } = graph;
    const time = alignClocks(graph);
    const lineOf = (begin: number): string =>
      JSON.stringify([model.sourceOf(begin) ?? '', kindOf(model.labelOf(begin))]);
    for (const { begin, end, from, to } of operationsOf(graph, time)) {
      const key = lineOf(begin);
      let line = this.byLine.get(key);
      if (line === undefined) {
        const [source, what] = JSON.parse(key) as [string, string];
        line = { source, what, errors: 0, decided: 0, operations: [] };
        this.byLine.set(key, line);
      }
      line.operations.push({ taskId: model.taskId, duration: to - from });
      if (end !== NONE && model.hasError(end)) line.errors++;
    }
    for (const { within, duration } of criticalPath(graph, time)) {
      if (within !== NONE) this.byLine.get(lineOf(within))!.decided += duration;
    }
  }

  /** Returns the lines, those that decided most first. */
  lines(): LineAmount[] {
    const lines = [...this.byLine.values()].map(({ operations, ...line }) => {
      const sorted = operations.sort((a, b) => b.duration - a.duration);
      const at = (part: number): number => valueAt(sorted, part)?.duration ?? 0;
      const tasks = new Set<string>();
      for (const { taskId } of sorted) if (tasks.size < EXAMPLES) tasks.add(taskId);
      return {
        ...{ ...line, times: sorted.length, median: at(0.5), p95: at(0.95), tasks: [...tasks] },
      };
    });
    return lines.sort((a, b) => b.decided - a.decided || b.times - a.times);
  }
}
