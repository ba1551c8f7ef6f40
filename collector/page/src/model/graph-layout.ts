import { Heap } from '../../../src/graph/heap';
import type { Links } from '../../../src/graph/links';
import { NONE } from '../../../src/graph/task-model';
import { sortedInto } from './buckets';
import type { ViewGraph } from './view-graph';

/**
 * How an effect follows from its cause: the `next` event of its strand, the first event of a strand (`spawn`), a `join` with another
 * strand, or a `message` of another process.
 */
export const EDGE = { next: 0, spawn: 1, join: 2, message: 3 } as const;

/** Where an edge changes its column: below its cause, above its effect, or in between, where its way is not free. */
export const ROUTE = { early: 0, late: 1, cross: 2 } as const;

/** The columns of one process. */
export interface Lane {
  readonly process: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** Positions of a graph's nodes and edges, in columns and rows. */
export interface GraphLayout {
  readonly graph: ViewGraph;
  /** By node. The row is the causal depth: causes are above their effects. */
  readonly column: Int32Array;
  readonly row: Int32Array;
  /** By place in `graph.parents.to`: the kind of the edge from that parent, and its route. */
  readonly kind: Uint8Array;
  readonly route: Uint8Array;
  /** From the left, in the order of their first events. */
  readonly lanes: readonly Lane[];
  readonly columns: number;
  readonly rows: number;
  /** The nodes of each row. */
  readonly inRow: Links;
}

/**
 * Lays out a graph: a lane for each process, a column for each strand in its lane, and a row for each causal depth. A column is free for
 * another strand when the edges that leave its last node have arrived. Takes time n log n in nodes and edges.
 */
export function layOut(graph: ViewGraph): GraphLayout {
  const { size, strands, depth: row, process } = graph;
  const { kind, route } = edgesOf(graph);
  const { from, to } = rowsOfStrands(graph, route);

  const lanes = new Map<number, LaneColumns>();
  for (const node of graph.order) {
    if (!lanes.has(process[node]!)) lanes.set(process[node]!, new LaneColumns());
  }
  const inLane = new Int32Array(strands.count);
  const byStart = new Int32Array(strands.count)
    .map((_, i) => i)
    .sort((a, b) => from[a]! - from[b]! || a - b);
  for (const strand of byStart) {
    const lane = lanes.get(process[strands.first[strand]!]!)!;
    inLane[strand] = lane.take(from[strand]!, to[strand]!);
  }

  let columns = 0;
  const placed: Lane[] = [];
  const firstColumn = new Map<number, number>();
  for (const [of, { count }] of lanes) {
    placed.push({ process: of, firstColumn: columns, columns: count });
    firstColumn.set(of, columns);
    columns += count;
  }
  const column = new Int32Array(size);
  for (let node = 0; node < size; node++) {
    column[node] = firstColumn.get(process[node]!)! + inLane[strands.of[node]!]!;
  }
  const rows = row.reduce((most, one) => Math.max(most, one + 1), 0);
  return {
    graph,
    column,
    row,
    kind,
    route,
    lanes: placed,
    columns,
    rows,
    inRow: sortedInto(rows, row),
  };
}

function edgesOf({ size, parents, process, strands }: ViewGraph): {
  kind: Uint8Array;
  route: Uint8Array;
} {
  const kind = new Uint8Array(parents.to.length);
  const route = new Uint8Array(parents.to.length);
  for (let node = 0; node < size; node++) {
    const strand = strands.of[node]!;
    const isFirst = strands.first[strand] === node;
    for (let at = parents.start[node]!; at < parents.start[node + 1]!; at++) {
      const parent = parents.to[at]!;
      const isOver = strands.next[parent] === NONE;
      if (process[parent] !== process[node]) kind[at] = EDGE.message;
      else if (strands.next[parent] === node) kind[at] = EDGE.next;
      else kind[at] = isFirst ? EDGE.spawn : EDGE.join;
      route[at] = isFirst ? ROUTE.early : isOver ? ROUTE.late : ROUTE.cross;
    }
  }
  return { kind, route };
}

/** Returns the rows in which the column of each strand is taken, by its nodes and by edges. */
function rowsOfStrands(
  { size, parents, strands, depth }: ViewGraph,
  route: Uint8Array,
): { from: Int32Array; to: Int32Array } {
  const from = Int32Array.from(strands.first, (node) => depth[node]!);
  const to = Int32Array.from(strands.last, (node) => depth[node]!);
  for (let node = 0; node < size; node++) {
    for (let at = parents.start[node]!; at < parents.start[node + 1]!; at++) {
      const parent = parents.to[at]!;
      const [mine, its] = [strands.of[node]!, strands.of[parent]!];
      // The edge goes down in the column of the effect from the row of the cause on, or in that of the cause.
      if (route[at] === ROUTE.early) from[mine] = Math.min(from[mine]!, depth[parent]! + 1);
      if (route[at] === ROUTE.late) to[its] = Math.max(to[its]!, depth[node]! - 1);
    }
  }
  return { from, to };
}

/** The columns of one lane. Strands take them in the order of their first rows. */
class LaneColumns {
  count = 0;
  private readonly taken = new Heap<{ column: number; to: number }>((a, b) => a.to < b.to);
  private readonly free = new Heap<number>((a, b) => a < b);

  /** Returns the leftmost column that is free in these rows, and in one row before them. */
  take(from: number, to: number): number {
    for (let top = this.taken.first; top && top.to < from - 1; top = this.taken.first) {
      this.free.push(this.taken.pop()!.column);
    }
    const column = this.free.pop() ?? this.count++;
    this.taken.push({ column, to });
    return column;
  }
}
