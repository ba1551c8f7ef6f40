import type { TraceEvent } from '../store/store.js';
import type { CausalGraph } from './causal-order.js';
import { Heap } from './heap.js';

/** What an edge means. */
export type EdgeKind = 'next' | 'spawn' | 'message' | 'join';

export interface PlacedNode {
  readonly event: TraceEvent;
  /** From the left, over all lanes. */
  readonly column: number;
  /** Causal depth, from the top. */
  readonly row: number;
}

export interface PlacedEdge {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly kind: EdgeKind;
}

/** One process. */
export interface Lane {
  readonly key: string;
  readonly name: string;
  readonly host: string;
  readonly processId: number | undefined;
  readonly firstColumn: number;
  readonly columns: number;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly lanes: readonly Lane[];
  readonly columns: number;
  readonly rows: number;
}

/**
 * Places a task's events: a lane for each process, in it a column for each strand, and down by
 * causal depth. General layered layouts take seconds at 2,000 nodes; this is linear but
 * for a logarithm.
 */
export function layOut(graph: CausalGraph): Layout {
  const lanes = new Map<string, LaneColumns>();
  const places = new Map<TraceEvent, { lane: string; column: number; row: number }>();

  for (const event of graph.events) {
    const lane = laneKey(event);
    const columns = lanes.get(lane) ?? new LaneColumns(event);
    lanes.set(lane, columns);
    const row = graph.depth(event);
    const column = columnFor(event, lane, columns) ?? columns.free(row);
    columns.use(column, row);
    places.set(event, { lane, column, row });
  }

  let firstColumn = 0;
  const placedLanes = new Map<string, Lane>();
  for (const [key, { event, tips }] of lanes) {
    placedLanes.set(key, {
      ...{ key, firstColumn, columns: tips.length, processId: event.processId },
      ...{ name: event.processName ?? '', host: event.host ?? '' },
    });
    firstColumn += tips.length;
  }

  const nodes = new Map<TraceEvent, PlacedNode>();
  for (const [event, { lane, column, row }] of places) {
    nodes.set(event, { event, column: placedLanes.get(lane)!.firstColumn + column, row });
  }
  const edges = graph.events.flatMap((event) =>
    graph.parents(event).map((parent) => ({
      from: nodes.get(parent)!,
      to: nodes.get(event)!,
      kind: edgeKind(graph, parent, event),
    })),
  );
  const rows = graph.events.reduce((most, event) => Math.max(most, graph.depth(event) + 1), 0);
  return {
    nodes: [...nodes.values()],
    edges,
    lanes: [...placedLanes.values()],
    columns: firstColumn,
    rows,
  };

  /** A strand goes on below its last event. */
  function columnFor(event: TraceEvent, lane: string, { tips }: LaneColumns): number | undefined {
    for (const parent of graph.parents(event)) {
      const place = places.get(parent);
      if (place?.lane === lane && tips[place.column] === place.row) return place.column;
    }
    return undefined;
  }
}

/** The columns of one lane, and how far down each is used. */
class LaneColumns {
  readonly tips: number[] = [];
  private readonly byTip = new Heap<{ column: number; tip: number }>((a, b) => a.tip < b.tip);

  constructor(readonly event: TraceEvent) {}

  use(column: number, row: number): void {
    this.tips[column] = row;
    this.byTip.push({ column, tip: row });
  }

  /** A column that is free above `row`, with a gap between two strands; otherwise a new one. */
  free(row: number): number {
    // Entries of columns that went on since are out of date.
    for (let top = this.byTip.first; top; top = this.byTip.first) {
      if (this.tips[top.column] !== top.tip) this.byTip.pop();
      else return top.tip < row - 1 ? top.column : this.tips.length;
    }
    return this.tips.length;
  }
}

function edgeKind(graph: CausalGraph, from: TraceEvent, to: TraceEvent): EdgeKind {
  if (laneKey(from) !== laneKey(to)) return 'message';
  if (graph.parents(to).length > 1) return 'join';
  return graph.children(from).length > 1 ? 'spawn' : 'next';
}

function laneKey({ host = '', processId, processName = '' }: TraceEvent): string {
  return `${host}/${processId ?? processName}`;
}
