import { operationsAround } from '../analysis/operations.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import { NONE, placeOf } from '../graph/task-model.js';

/** One entry of a trace in Chrome's format (Google, "Trace Event Format"), which Perfetto reads. Times are in microseconds. */
export interface TraceEntry {
  readonly ph: 'X' | 'i' | 's' | 'f' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly cat?: string;
  readonly bp?: 'e';
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace that Perfetto and Chrome open. */
export interface PerfettoTrace {
  readonly traceEvents: readonly TraceEntry[];
  readonly displayTimeUnit: 'ms';
}

/**
 * Writes a task for Perfetto: operations are slices, other events are instants, and causes are flows. A flow is only drawn between rows:
 * within one, the order says it. `time` is that of `alignClocks`.
 *
 * Slices of one row must be inside one another, so operations that overlap otherwise have rows of their own.
 */
export function toPerfetto(graph: CausalGraph, time: Float64Array): PerfettoTrace {
  const { model, order, parents } = graph;
  const around = operationsAround(graph);
  const start = order.reduce((least, i) => Math.min(least, time[i]!), Infinity);
  const entries: TraceEntry[] = [];
  const row = new Int32Array(model.size);
  const rows = new Map<number, Slice[][]>();
  // Slices come by their begins, which causal order does not promise.
  for (const event of Int32Array.from(order).sort((a, b) => time[a]! - time[b]!)) {
    const process = model.process[event]!;
    const begin = model.begunBy(event);
    if (begin !== NONE) continue;
    const end = model.partner[event]!;
    const to = end === NONE ? time[event]! : Math.max(time[end]!, time[event]!);
    const open = rows.get(process) ?? [];
    rows.set(process, open);
    row[event] = rowFor(open, { event, around: around[event]!, from: time[event]!, to });
  }

  for (const event of order) {
    const begin = model.begunBy(event);
    if (begin !== NONE) row[event] = row[begin]!;
  }

  model.processes.forEach((one, process) => {
    const title = [one.name || 'unnamed process', ...placeOf(one)];
    entries.push({
      ph: 'M',
      name: 'process_name',
      pid: process,
      tid: 0,
      args: { name: title.join(' ') },
    });
  });
  for (const event of order) {
    const { fields = [], source, eventId } = model.event(event);
    const args = {
      ...Object.fromEntries(fields),
      ...(source !== undefined && { source }),
      event: eventId,
    };
    const place = positionOf(event);
    const end = model.partner[event]!;
    if (model.begins(event)) {
      const dur = end === NONE ? 0 : Math.max(0, time[end]! - time[event]!);
      const name = model.operationName(event);
      entries.push({ ph: 'X', cat: 'operation', name, ...place, dur, args });
    } else if (end === NONE) {
      entries.push({ ph: 'i', cat: 'event', name: model.labelOf(event), ...place, s: 't', args });
    }
  }
  let id = 0;
  for (const event of order) {
    for (const parent of parents.of(event)) {
      const isInside = model.process[parent] === model.process[event] && row[parent] === row[event];
      if (isInside) continue;
      const flow = { cat: 'cause', name: 'cause', id: ++id };
      entries.push({ ph: 's', ...flow, ...positionOf(parent) });
      entries.push({ ph: 'f', bp: 'e', ...flow, ...positionOf(event) });
    }
  }
  return { traceEvents: entries, displayTimeUnit: 'ms' };

  function positionOf(event: number): Pick<TraceEntry, 'pid' | 'tid' | 'ts'> {
    return { pid: model.process[event]!, tid: row[event]!, ts: time[event]! - start };
  }
}

/** A slice, and the one that it must be inside of, if any. */
interface Slice {
  readonly event: number;
  readonly around: number;
  readonly from: number;
  readonly to: number;
}

/** So many rows are tried before a new one is begun: a task may have 100,000 operations at once. */
const MOST_TRIED = 256;

/** Returns the first row that is free, or whose innermost open slice is the one around this one, and opens it there. */
function rowFor(rows: Slice[][], slice: Slice): number {
  for (let i = 0; i < Math.min(rows.length, MOST_TRIED); i++) {
    const open = rows[i]!;
    while (open.length > 0 && open.at(-1)!.to <= slice.from) open.pop();
    const top = open.at(-1);
    if (top && (top.event !== slice.around || top.to < slice.to)) continue;
    open.push(slice);
    return i;
  }
  rows.push([slice]);
  return rows.length - 1;
}
