import { causalGraph } from '../graph/causal-graph.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { kindOf, titleKindOf } from './kinds.js';
import { EXAMPLES, valueAt } from './percentiles.js';

/**
 * Tasks that did the same: the same kinds of operations and events in the same processes, with the same kinds of causes and failures,
 * however often. Times are in microseconds.
 */
export interface TaskShape {
  /** Their title, without the outcome, and with numbers and ids replaced by `#`. */
  readonly title: string;
  readonly tasks: number;
  /** How many of them have a failed event. */
  readonly failed: number;
  /** Half of them took at most `median`, and 95 of 100 at most `p95`. */
  readonly median: number;
  readonly p95: number;
  /** True if no other shape with this title has more tasks; of several, for the one with the fewest failures. */
  readonly isMostCommon: boolean;
  /** What happens in them and not in the most common shape with their title, and the other way round. */
  readonly more: readonly string[];
  readonly less: readonly string[];
  /** The task that took the median. */
  readonly typical: string;
  /** The tasks that took longest, the longest first. */
  readonly slowest: readonly string[];
}

/** What is known of a task beside its events. */
interface Known {
  readonly taskId: string;
  readonly title: string;
  readonly duration: number;
  readonly errors: number;
}

/** What happens in a task: labels, the same with their processes, and what was caused by what. */
interface Shape {
  readonly labels: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

interface Group {
  readonly title: string;
  readonly shape: Shape;
  readonly tasks: Known[];
}

/** Groups tasks by their shapes, task by task. */
export class ShapeTotals {
  private readonly groups = new Map<string, Group>();

  /** Adds a task. Takes at least one event. */
  add(known: Known, events: Iterable<TraceEvent>): void {
    const title = titleKindOf(known.title);
    const shape = shapeOf(causalGraph(events));
    const key = JSON.stringify([title, [...shape.places].sort(), [...shape.edges].sort()]);
    let group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, (group = { title, shape, tasks: [] }));
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
        // Of equally many, those that have not failed are what is expected.
        const sorted = groups.sort(
          (a, b) => b.tasks.length - a.tasks.length || failedIn(a) - failedIn(b),
        );
        return sorted.map((group) => summaryOf(group, sorted[0]!));
      });
  }
}

function summaryOf({ title, shape, tasks }: Group, common: Group): TaskShape {
  const sorted = tasks.sort((a, b) => b.duration - a.duration);
  const typical = valueAt(sorted, 0.5)!;
  const slowest = sorted.slice(0, EXAMPLES).map(({ taskId }) => taskId);
  return {
    ...{
      title,
      tasks: tasks.length,
      median: typical.duration,
      p95: valueAt(sorted, 0.95)!.duration,
    },
    failed: failedIn({ tasks }),
    isMostCommon: shape === common.shape,
    ...differenceOf(shape, common.shape),
    ...{ typical: typical.taskId, slowest },
  };
}

function failedIn({ tasks }: Pick<Group, 'tasks'>): number {
  return tasks.filter(({ errors }) => errors > 0).length;
}

/** What happens is told without processes, unless only they differ. */
function differenceOf(one: Shape, other: Shape): Pick<TaskShape, 'more' | 'less'> {
  const without = (these: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...these].filter((label) => !others.has(label));
  const labels = {
    more: without(one.labels, other.labels),
    less: without(other.labels, one.labels),
  };
  if (labels.more.length + labels.less.length > 0) return labels;
  return { more: without(one.places, other.places), less: without(other.places, one.places) };
}

/** An operation is told once: by its begin, unless it has failed. */
function shapeOf({ model, parents }: CausalGraph): Shape {
  const labels = new Set<string>();
  const places = new Set<string>();
  const edges = new Set<string>();
  const nameOf = (event: number): string => {
    const kind = kindOf(model.labelOf(event));
    return model.hasError(event) ? `failed: ${kind}` : kind;
  };
  const names = Array.from({ length: model.size }, (_, event) => nameOf(event));
  const placeOf = (event: number): string => `${names[event]} (${model.processOf(event).name})`;
  for (let event = 0; event < model.size; event++) {
    if (model.begunBy(event) < 0 || model.hasError(event)) {
      labels.add(names[event]!);
      places.add(placeOf(event));
    }
    if (parents.count(event) === 0) edges.add(placeOf(event));
    for (const parent of parents.of(event)) edges.add(`${placeOf(parent)} > ${placeOf(event)}`);
  }
  return { labels, places, edges };
}
