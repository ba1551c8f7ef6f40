import { causalOrder } from '../../../src/graph/causal-graph';
import type { CausalGraph } from '../../../src/graph/causal-graph';
import { Links } from '../../../src/graph/links';
import { NONE } from '../../../src/graph/task-model';
import { sortedInto } from './buckets';
import { foldBranches, foldChains, foldOperations } from './folds';
import type { Known, Shown } from './folds';
import { foldGroups } from './groups';
import type { GroupBy } from './groups';
import { strandsOf } from './strands';
import type { StrandGraph, Strands } from './strands';

/** Options of the graph: events that are hidden or shown together. */
export interface Folding {
  /** 1 for each event that is hidden. Its parents and children are linked past it. */
  readonly hidden?: Uint8Array | undefined;
  /** Shows an operation in which nothing was logged as one node. */
  readonly operations?: boolean;
  /**
   * Shows events that follow one another without branches as one node, and branches that are alike as one branch, but for those that
   * are open, by their first event.
   */
  readonly chains?: Openable | undefined;
  /** Shows events that have this in common, with nothing else between, as one node. Nothing else is folded then but operations. */
  readonly groups?: (Openable & { readonly by: GroupBy }) | undefined;
}

/** What is folded but for that which the reader has opened, by its first event. */
interface Openable {
  readonly open: ReadonlySet<number>;
}

/** A causal graph as it is drawn: each node is an event, a chain of them, the same of several branches, or a group. */
export interface ViewGraph extends StrandGraph {
  readonly size: number;
  readonly strands: Strands;
  /** The events of each node: its first, its last, and how many. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly count: Int32Array;
  /**
   * How many of the same kind each node stands for: branches that are alike, whose events are those of the first one, or, in a group,
   * operations and other events.
   */
  readonly alike: Int32Array;
  /** How many events of each node have failed. */
  readonly failed: Int32Array;
  readonly groupedBy: GroupBy | undefined;
  /** The node of each event; `NONE` if it is hidden. */
  readonly nodeOf: Int32Array;
  /** The events of each node, in causal order. */
  readonly events: Links;
  /** By event: what opens or closes the chain, branches or group that it is part of (`Folding.chains.open`); else `NONE`. */
  readonly foldOf: Int32Array;
}

/** Maximum number of events that a hidden event passes on from above it. */
const MOST_BRIDGED = 32;

/** Folds a causal graph. */
export function viewGraph(
  graph: CausalGraph,
  { hidden, operations, chains, groups }: Folding = {},
): ViewGraph {
  const { model } = graph;
  const begun = (event: number): number => model.begunBy(event);
  const whole = { ...graph, process: model.process.subarray(0, model.size), begun };
  const shown = hidden?.includes(1) ? withoutHidden(graph, hidden) : graph;
  const strands = strandsOf({ ...whole, parents: shown.parents, children: shown.children });
  const runs = new Int32Array(model.size).fill(NONE);
  const foldOf = new Int32Array(model.size).fill(NONE);
  const known: Known = { graph, shown, strands, hidden, foldOf };
  if (operations) foldOperations(known, runs);
  if (groups) foldGroups(known, groups.by, groups.open, runs);
  else if (chains) {
    foldChains(known, chains.open, runs);
    foldBranches(known, chains.open, runs);
  }

  const nodeOf = new Int32Array(model.size).fill(NONE);
  const first: number[] = [];
  const isFirst = (event: number): boolean => runs[event] === NONE || runs[event] === event;
  for (const event of graph.order) {
    if (!hidden?.[event] && isFirst(event)) nodeOf[event] = first.push(event) - 1;
  }
  const last = Int32Array.from(first);
  const count = new Int32Array(first.length).fill(1);
  const alike = new Int32Array(first.length).fill(1);
  const failed = new Int32Array(first.length);
  const lastBranch = new Int32Array(first.length).fill(NONE);
  for (const event of graph.order) {
    if (hidden?.[event]) continue;
    const begin = isFirst(event) ? event : runs[event]!;
    const node = nodeOf[begin]!;
    nodeOf[event] = node;
    if (model.hasError(event)) failed[node]!++;
    if (event === begin) continue;
    if (groups || strands.of[event] === strands.of[begin]) {
      last[node] = event;
      count[node]!++;
      if (groups && !isEndWithin(node, event)) alike[node]!++;
    } else if (lastBranch[node] !== strands.of[event]) {
      lastBranch[node] = strands.of[event]!;
      alike[node]!++;
    }
  }
  const size = first.length;
  const events = sortedInto(size, nodeOf, graph.order);
  const parents = parentsOf(size, events, nodeOf, shown.parents);
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
    ...{ size, nodeOf, events, foldOf, strands: strandsOf(folded) },
    ...{ first: Int32Array.from(first), last, count, alike, failed, groupedBy: groups?.by },
  };

  function isEndWithin(node: number, event: number): boolean {
    const begin = begun(event);
    return begin !== NONE && nodeOf[begin] === node;
  }
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

/** Returns the parents of nodes: those of all events of each, without the node itself, each once. */
function parentsOf(size: number, events: Links, nodeOf: Int32Array, parents: Links): Links {
  const start = new Int32Array(size + 1);
  const to = new Int32Array(parents.to.length);
  const seenBy = new Int32Array(size).fill(NONE);
  let length = 0;
  for (let node = 0; node < size; node++) {
    for (const event of events.of(node)) {
      for (let at = parents.start[event]!; at < parents.start[event + 1]!; at++) {
        const parent = nodeOf[parents.to[at]!]!;
        if (parent === NONE || parent === node || seenBy[parent] === node) continue;
        seenBy[parent] = node;
        to[length++] = parent;
      }
    }
    start[node + 1] = length;
  }
  return new Links(start, to.subarray(0, length));
}
