import { causalOrder } from '../../../src/graph/causal-graph';
import type { CausalGraph } from '../../../src/graph/causal-graph';
import { Links } from '../../../src/graph/links';
import { NONE } from '../../../src/graph/task-model';
import { strandsOf } from './strands';
import type { StrandGraph, Strands } from './strands';

/** What of a task the graph shows. */
export interface Folding {
  /** 1 for each event that is hidden. Its parents and children are linked past it. */
  readonly hidden?: Uint8Array | undefined;
  /** Shows an operation in which nothing was logged as one node. */
  readonly operations?: boolean;
  /** Shows events that follow one another without branches as one node, but for the chains that are open, by their first event. */
  readonly chains?: { readonly open: ReadonlySet<number> } | undefined;
}

/** A causal graph as it is drawn: each node is an event, or a chain of them. */
export interface ViewGraph extends StrandGraph {
  readonly size: number;
  readonly strands: Strands;
  /** The events of each node: its first, its last, and how many. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly count: Int32Array;
  /** The node of each event; `NONE` if it is hidden. */
  readonly nodeOf: Int32Array;
}

/** A chain is shown as one node from so many events on. */
const LEAST_CHAIN = 3;
/** A hidden event passes on at most so many of the events above it. */
const MOST_BRIDGED = 32;

/** Folds a causal graph. */
export function viewGraph(
  graph: CausalGraph,
  { hidden, operations, chains }: Folding = {},
): ViewGraph {
  const { model } = graph;
  const begun = (event: number): number => (model.begins(event) ? NONE : model.partner[event]!);
  const whole = { ...graph, process: model.process.subarray(0, model.size), begun };
  const shown = hidden?.includes(1) ? withoutHidden(graph, hidden) : graph;
  const strands = strandsOf({ ...whole, parents: shown.parents, children: shown.children });
  const runs = new Int32Array(model.size).fill(NONE);
  if (operations) foldOperations(graph, shown, runs);
  if (chains) foldChains(graph, shown, strands, chains.open, hidden, runs);

  const nodeOf = new Int32Array(model.size).fill(NONE);
  const first: number[] = [];
  const last: number[] = [];
  const count: number[] = [];
  for (const event of graph.order) {
    if (hidden?.[event]) continue;
    const begin = runs[event]!;
    if (begin === NONE || begin === event) {
      nodeOf[event] = first.push(event) - 1;
      last.push(event);
      count.push(1);
    } else {
      const node = nodeOf[begin]!;
      nodeOf[event] = node;
      last[node] = event;
      count[node]!++;
    }
  }
  const size = first.length;
  const parents = parentsOf(size, first, nodeOf, shown.parents);
  const children = parents.reversed();
  const time = Float64Array.from(first, (event) => model.time[event]!);
  const folded = {
    ...{ parents, children, ...causalOrder(parents, children, time) },
    process: Int32Array.from(first, (event) => model.process[event]!),
    begun: (node: number): number => {
      const begin = begun(first[node]!);
      return begin === NONE ? NONE : nodeOf[begin]!;
    },
  };
  return {
    ...folded,
    ...{ size, nodeOf, strands: strandsOf(folded) },
    ...{
      first: Int32Array.from(first),
      last: Int32Array.from(last),
      count: Int32Array.from(count),
    },
  };
}

/** Links the visible events past the hidden ones. */
function withoutHidden({ order, parents }: CausalGraph, hidden: Uint8Array): Shown {
  const above = new Map<number, Set<number>>();
  for (const event of order) {
    const found = new Set<number>();
    for (const parent of parents.of(event)) {
      if (!hidden[parent]) found.add(parent);
      else for (const one of above.get(parent) ?? []) if (found.size < MOST_BRIDGED) found.add(one);
    }
    above.set(event, found);
  }
  const start = new Int32Array(order.length + 1);
  const to: number[] = [];
  for (let event = 0; event < order.length; event++) {
    if (!hidden[event]) for (const parent of above.get(event)!) to.push(parent);
    start[event + 1] = to.length;
  }
  const links = new Links(start, Int32Array.from(to));
  return { parents: links, children: links.reversed() };
}

interface Shown {
  readonly parents: Links;
  readonly children: Links;
}

/** Notes, for both events of each operation without anything in between, its begin. */
function foldOperations(
  { model, order }: CausalGraph,
  { parents, children }: Shown,
  runs: Int32Array,
): void {
  for (const begin of order) {
    const end = model.begins(begin) ? model.partner[begin]! : NONE;
    if (end === NONE || model.process[end] !== model.process[begin]) continue;
    const isWhole = children.count(begin) === 1 && children.of(begin)[0] === end;
    if (isWhole && parents.count(end) === 1) runs[begin] = runs[end] = begin;
  }
}

/** Notes, for each event of a chain, its first event. */
function foldChains(
  { model, order }: CausalGraph,
  { parents, children }: Shown,
  strands: Strands,
  open: ReadonlySet<number>,
  hidden: Uint8Array | undefined,
  runs: Int32Array,
): void {
  const isBetween = (event: number): boolean => {
    if (hidden?.[event] || parents.count(event) !== 1 || children.count(event) !== 1) return false;
    const [parent, child] = [parents.of(event)[0]!, children.of(event)[0]!];
    const strand = strands.of[event];
    return strands.of[parent] === strand && strands.of[child] === strand && !model.hasError(event);
  };
  // An operation that is one node is in a chain as a whole.
  const isInner = (event: number): boolean =>
    isBetween(event) && (runs[event] === NONE || isBetween(model.partner[event]!));
  const starts = new Int32Array(order.length).fill(NONE);
  const lengths = new Map<number, number>();
  for (const event of order) {
    if (!isInner(event)) continue;
    const parent = parents.of(event)[0]!;
    const start = starts[parent] === NONE ? event : starts[parent]!;
    starts[event] = start;
    lengths.set(start, (lengths.get(start) ?? 0) + 1);
  }
  for (const event of order) {
    const start = starts[event]!;
    if (start !== NONE && lengths.get(start)! >= LEAST_CHAIN && !open.has(start))
      runs[event] = start;
  }
}

/** Returns the parents of nodes: those of the first event of each. */
function parentsOf(
  size: number,
  first: readonly number[],
  nodeOf: Int32Array,
  parents: Links,
): Links {
  const start = new Int32Array(size + 1);
  const to = new Int32Array(parents.to.length);
  let length = 0;
  for (let node = 0; node < size; node++) {
    const event = first[node]!;
    for (let at = parents.start[event]!; at < parents.start[event + 1]!; at++) {
      const parent = nodeOf[parents.to[at]!]!;
      if (parent !== NONE && parent !== node) to[length++] = parent;
    }
    start[node + 1] = length;
  }
  return new Links(start, to.subarray(0, length));
}
