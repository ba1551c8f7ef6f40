import type { TraceEvent } from '../reports/trace-event.js';
import { Heap } from './heap.js';
import type { Links } from './links.js';
import { TaskModel } from './task-model.js';

/** The order of a graph's nodes by cause and effect. */
export interface CausalOrder {
  /** Nodes so that each comes after all of its parents, and otherwise by time. Those in a cycle come last, by time. */
  readonly order: Int32Array;
  /** The place of each node in `order`. */
  readonly place: Int32Array;
  /** The length of the longest chain of parents that leads to each node; 0 without parents. */
  readonly depth: Int32Array;
}

/** The events of one task as a causal graph. Numbers are indexes of `model`. */
export interface CausalGraph extends CausalOrder {
  readonly model: TaskModel;
  /** Parents that have arrived, each once. */
  readonly parents: Links;
  readonly children: Links;
}

/** Builds the causal graph of a task's events, in time n log n in events and edges. */
export function causalGraph(events: TaskModel | Iterable<TraceEvent>): CausalGraph {
  const model = events instanceof TaskModel ? events : TaskModel.of(events);
  const parents = model.parents();
  const children = parents.reversed();
  return { model, parents, children, ...causalOrder(parents, children, model.time) };
}

/** Returns the events in causal order. */
export function eventsInOrder({ model, order }: CausalGraph): TraceEvent[] {
  return Array.from(order, (i) => model.event(i));
}

/** Sorts by Kahn's algorithm. A cycle, which only a faulty client can report, is kept for the end. */
export function causalOrder(parents: Links, children: Links, time: Float64Array): CausalOrder {
  const { size } = parents;
  const byTime = new Int32Array(size).map((_, i) => i).sort((a, b) => time[a]! - time[b]! || a - b);
  const timePlace = inverse(byTime);
  const open = new Int32Array(size).map((_, i) => parents.count(i));
  const depth = new Int32Array(size);
  const ready = new Heap<number>((a, b) => a < b);
  for (const i of byTime) if (open[i] === 0) ready.push(timePlace[i]!);

  const order = new Int32Array(size);
  let placed = 0;
  const append = (i: number): void => {
    order[placed++] = i;
    for (const parent of parents.of(i)) depth[i] = Math.max(depth[i]!, depth[parent]! + 1);
  };
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    const i = byTime[next]!;
    append(i);
    for (let at = children.start[i]!; at < children.start[i + 1]!; at++) {
      const child = children.to[at]!;
      if (--open[child]! === 0) ready.push(timePlace[child]!);
    }
  }
  if (placed < size) for (const i of byTime) if (open[i]! > 0) append(i);
  return { order, place: inverse(order), depth };
}

function inverse(order: Int32Array): Int32Array {
  const place = new Int32Array(order.length);
  for (let at = 0; at < order.length; at++) place[order[at]!] = at;
  return place;
}
