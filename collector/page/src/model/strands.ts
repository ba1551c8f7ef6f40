import { NONE } from '../../../src/graph/task-model';
import type { CausalOrder } from '../../../src/graph/causal-graph';
import type { Links } from '../../../src/graph/links';

/** What strands are found in: a causal graph, or one with some of its nodes folded. */
export interface StrandGraph extends CausalOrder {
  readonly parents: Links;
  readonly children: Links;
  /** The process of each node. */
  readonly process: Int32Array;
  /** For the end of an operation, the node of its begin; else `NONE`. */
  readonly begun: (node: number) => number;
}

/** Which strand each node is on: a sequence of events of one process, each after the one before. */
export interface Strands {
  readonly count: number;
  /** By node. */
  readonly of: Int32Array;
  /** The next node of the same strand, by node; `NONE` for the last one. */
  readonly next: Int32Array;
  /** By strand. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/**
 * Finds the strands of a graph. A node goes on with the strand of a parent that nothing else has gone on with: the end of an
 * operation with that of its begin, and a join with the oldest.
 *
 * Nodes that are added later as effects leave the strands of those before them as they are.
 */
export function strandsOf(graph: StrandGraph): Strands {
  const { order, depth, parents, process, begun } = graph;
  const size = order.length;
  const of = new Int32Array(size).fill(NONE);
  const next = new Int32Array(size).fill(NONE);
  const first: number[] = [];
  const last: number[] = [];
  for (const node of order) {
    let strand = strandOfBegin(node);
    if (strand === NONE) strand = oldestFree(node);
    if (strand === NONE) {
      strand = first.push(node) - 1;
      last.push(node);
    } else {
      next[last[strand]!] = node;
      last[strand] = node;
    }
    of[node] = strand;
  }
  return {
    count: first.length,
    of,
    next,
    first: Int32Array.from(first),
    last: Int32Array.from(last),
  };

  /** What came after the begin of an operation may all be in another process: its end goes on with its strand nevertheless. */
  function strandOfBegin(node: number): number {
    const begin = begun(node);
    const strand = begin === NONE ? NONE : of[begin]!;
    if (strand === NONE || process[begin] !== process[node]) return NONE;
    return depth[last[strand]!]! < depth[node]! ? strand : NONE;
  }

  function oldestFree(node: number): number {
    let oldest = NONE;
    for (let at = parents.start[node]!; at < parents.start[node + 1]!; at++) {
      const parent = parents.to[at]!;
      const strand = of[parent]!;
      // In a cycle, a parent has none yet.
      const isFree =
        strand !== NONE && process[parent] === process[node] && last[strand] === parent;
      if (isFree && (oldest === NONE || strand < oldest)) oldest = strand;
    }
    return oldest;
  }
}
