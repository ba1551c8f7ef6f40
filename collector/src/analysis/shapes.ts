import { causalGraph } from '../graph/causal-graph.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { kindOf } from './kinds.js';

/**
 * Tasks that did the same: the same kinds of events in the same processes, with the same kinds of causes, however often. Times are in
 * microseconds.
 */
export interface TaskShape {
  /** Their title, with numbers and ids replaced by `#`. */
  readonly title: string;
  readonly tasks: number;
  /** How many of them have a failed event. */
  readonly failed: number;
  /** Half of them took at most `median`, and 95 of 100 at most `p95`. */
  readonly median: number;
  readonly p95: number;
  /** What happens in them and not in most tasks with this title, and the other way round. */
  readonly more: readonly string[];
  readonly less: readonly string[];
  /** True if most tasks with this title have this shape. */
  readonly isUsual: boolean;
  /** The tasks that took longest, the longest first. */
  readonly examples: readonly string[];
}

/** What is known of a task beside its events. */
interface Known {
  readonly taskId: string;
  readonly title: string;
  readonly duration: number;
  readonly errors: number;
}

interface Group {
  readonly title: string;
  readonly labels: ReadonlySet<string>;
  readonly tasks: Known[];
}

const MOST_EXAMPLES = 3;
const MOST_DIFFERENCES = 8;

/** Groups tasks by their shapes, task by task. */
export class ShapeTotals {
  private readonly groups = new Map<string, Group>();

  /** Adds a task. Takes at least one event. */
  add(known: Known, events: Iterable<TraceEvent>): void {
    const title = kindOf(known.title);
    const { labels, edges } = shapeOf(causalGraph(events));
    const key = JSON.stringify([title, [...labels].sort(), [...edges].sort()]);
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, (group = { title, labels, tasks: [] }));
    group.tasks.push(known);
  }

  /** Returns the shapes: those with a title together, the titles and shapes of most tasks first. */
  shapes(): TaskShape[] {
    const byTitle = new Map<string, Group[]>();
    for (const group of this.groups.values()) {
      byTitle.set(group.title, [...(byTitle.get(group.title) ?? []), group]);
    }
    const sizeOf = (groups: readonly Group[]): number =>
      groups.reduce((sum, { tasks }) => sum + tasks.length, 0);
    return [...byTitle.values()]
      .sort((a, b) => sizeOf(b) - sizeOf(a))
      .flatMap((groups) => {
        const sorted = groups.sort((a, b) => b.tasks.length - a.tasks.length);
        return sorted.map((group) => summaryOf(group, sorted[0]!));
      });
  }
}

function summaryOf({ title, labels, tasks }: Group, usual: Group): TaskShape {
  const sorted = tasks.sort((a, b) => b.duration - a.duration);
  const at = (part: number): number => sorted[Math.floor((1 - part) * sorted.length)]!.duration;
  const without = (these: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...these].filter((label) => !others.has(label)).slice(0, MOST_DIFFERENCES);
  return {
    ...{ title, tasks: tasks.length, median: at(0.5), p95: at(0.95) },
    failed: tasks.filter(({ errors }) => errors > 0).length,
    more: without(labels, usual.labels),
    less: without(usual.labels, labels),
    isUsual: labels === usual.labels,
    examples: sorted.slice(0, MOST_EXAMPLES).map(({ taskId }) => taskId),
  };
}

/** Returns the kinds of a task's events, and which kinds were caused by which. */
function shapeOf({ model, parents }: CausalGraph): {
  labels: ReadonlySet<string>;
  edges: ReadonlySet<string>;
} {
  const names = Array.from({ length: model.size }, (_, event) => kindOf(model.labelOf(event)));
  const edges = new Set<string>();
  const nameOf = (event: number): string => `${model.processOf(event).name} ${names[event]}`;
  for (let event = 0; event < model.size; event++) {
    if (parents.count(event) === 0) edges.add(nameOf(event));
    for (const parent of parents.of(event)) edges.add(`${nameOf(parent)} > ${nameOf(event)}`);
  }
  return { labels: new Set(names), edges };
}
