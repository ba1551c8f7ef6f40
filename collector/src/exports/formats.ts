import { encodeBatch } from '@throughline/runtime/report';
import { alignClocks } from '../analysis/clocks.js';
import { causalGraph, eventsInOrder } from '../graph/causal-graph.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { toDot } from './dot.js';
import { toOtlp } from './otlp.js';
import { toPerfetto } from './perfetto.js';
import { toShiViz } from './shiviz.js';

/** Formats that a task can be written in, and what reads them. */
export const EXPORT_FORMATS = {
  jsonl: {
    about: 'JSON lines, for --file and import',
    write: (graph) =>
      eventsInOrder(graph)
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
  },
  perfetto: {
    about: 'for ui.perfetto.dev and chrome://tracing',
    write: (graph) => `${JSON.stringify(toPerfetto(graph, alignClocks(graph)))}\n`,
  },
  otlp: { about: 'JSON of OpenTelemetry, a line for each signal', write: toOtlp },
  dot: { about: 'for Graphviz', write: toDot },
  shiviz: { about: 'for ShiViz', write: toShiViz },
  xtrace: {
    about: 'a report file of the original X-Trace server',
    write: (graph) => encodeBatch(eventsInOrder(graph)),
  },
} as const satisfies Readonly<
  Record<string, { about: string; write: (graph: CausalGraph) => string | Uint8Array }>
>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** Writes the events of a task in a format: as text, or as bytes where the format is binary. */
export function exportTask<F extends ExportFormat>(
  events: Iterable<TraceEvent>,
  format: F,
): ReturnType<(typeof EXPORT_FORMATS)[F]['write']> {
  const { write } = EXPORT_FORMATS[format];
  return write(causalGraph(events)) as ReturnType<(typeof EXPORT_FORMATS)[F]['write']>;
}
