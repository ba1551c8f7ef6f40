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
  const { order, parents, process, begun } = graph;
  const size = order.length;
  const of = new Int32Array(size).fill(NONE);
  const next = new Int32Array(size).fill(NONE);
  const first: number[] = [];
  const last: number[] = [];
  for (const node of order) {
    let strand = NONE;
    const begin = begun(node);
    const preferred = begin === NONE ? NONE : of[begin]!;
    for (let at = parents.start[node]!; at < parents.start[node + 1]!; at++) {
      const parent = parents.to[at]!;
      const candidate = of[parent]!;
      if (candidate === NONE || process[parent] !== process[node] || last[candidate] !== parent)
        continue;
      if (candidate === preferred) {
        strand = candidate;
        break;
      }
      if (strand === NONE || candidate < strand) strand = candidate;
    }
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
}
