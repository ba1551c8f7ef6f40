import { createHash } from 'node:crypto';
import { operationsAround } from '../analysis/operations.js';
import type { CausalGraph } from '../graph/causal-graph.js';
import { NONE } from '../graph/task-model.js';
import type { TaskModel } from '../graph/task-model.js';

// How a task becomes OpenTelemetry's model (docs/protocols.md): an operation is a span with the id of its begin. Its parent is the
// operation around its first parent; its other parents are links. An event in between is a log record in the span's context. What
// is outside of every operation is under one span for its process.

const KINDS: Readonly<Record<string, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const ERROR = 2;
/** Fields that a span has in other places. */
const SPAN_PARTS = new Set(['operation', 'phase', 'kind', 'status', 'error.message']);

/**
 * Writes a task as OTLP in JSON, a line for each signal (OpenTelemetry, "OTLP File Exporter"): spans, and log records if there are any.
 */
export function toOtlp(graph: CausalGraph): string {
  const { model, order, parents } = graph;
  const traceId = model.taskId.padStart(32, '0');
  const around = operationsAround(graph);
  const spans = model.processes.map(() => [] as object[]);
  const records = model.processes.map(() => [] as object[]);
  const outside = model.processes.map(() => [] as number[]);

  for (const event of order) {
    const process = model.process[event]!;
    const isEnd = !model.begins(event) && model.partner[event] !== NONE;
    if (isEnd) continue;
    if (around[event] === NONE) outside[process]!.push(event);
    if (model.begins(event)) spans[process]!.push(spanOf(event));
    else records[process]!.push(recordOf(event));
  }
  outside.forEach((events, process) => {
    if (events.length > 0) spans[process]!.unshift(processSpan(process, events));
  });

  const resources = model.processes.map(({ name, host, processId }) => ({
    attributes: attributesOf([
      ['service.name', name || 'unknown_service'],
      ...(host === '' ? [] : [['host.name', host] as const]),
      ...(processId === undefined ? [] : [['process.pid', String(processId)] as const]),
    ]),
  }));
  const scope = { name: 'throughline' };
  const traces = {
    resourceSpans: resources.flatMap((resource, i) =>
      spans[i]!.length > 0 ? [{ resource, scopeSpans: [{ scope, spans: spans[i] }] }] : [],
    ),
  };
  const logs = {
    resourceLogs: resources.flatMap((resource, i) =>
      records[i]!.length > 0 ? [{ resource, scopeLogs: [{ scope, logRecords: records[i] }] }] : [],
    ),
  };
  const lines = [traces, ...(logs.resourceLogs.length > 0 ? [logs] : [])];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');

  function spanOf(begin: number): object {
    const end = model.partner[begin]!;
    const fields = [begin, ...(end === NONE ? [] : [end])].flatMap((i) =>
      fieldsOf(model, i).filter(([name]) => !SPAN_PARTS.has(name)),
    );
    const before = [...parents.of(begin)];
    const outer = around[begin]!;
    // One parent is a chain, which the tree shows.
    const linked = new Set(before.length > 1 ? before.map((one) => spanOfParent(one)) : []);
    linked.delete(outer === NONE ? processSpanId(model.process[begin]!) : model.ids[outer]!);
    const failed = end !== NONE && model.hasError(end);
    return {
      ...{ traceId, spanId: model.ids[begin], name: model.operationName(begin) },
      parentSpanId: outer === NONE ? processSpanId(model.process[begin]!) : model.ids[outer],
      kind: KINDS[model.fieldOf(begin, 'kind') ?? ''] ?? KINDS['internal'],
      startTimeUnixNano: nanos(model.time[begin]!),
      ...(end !== NONE && { endTimeUnixNano: nanos(model.time[end]!) }),
      attributes: attributesOf(fields),
      links: [...linked].map((spanId) => ({
        ...{ traceId, spanId, attributes: attributesOf([['throughline.edge', 'join']]) },
      })),
      status: failed ? { code: ERROR, message: model.fieldOf(end, 'error.message') ?? '' } : {},
    };
  }

  function recordOf(event: number): object {
    return {
      ...{ traceId, spanId: spanAround(event), timeUnixNano: nanos(model.time[event]!) },
      ...{ eventName: model.labelOf(event), body: { stringValue: model.labelOf(event) } },
      attributes: attributesOf([
        ...fieldsOf(model, event),
        ['throughline.event.id', model.ids[event]!],
      ]),
    };
  }

  function processSpan(process: number, events: readonly number[]): object {
    const times = events.map((event) => model.time[event]!);
    const [start, end] = times.reduce(
      ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
      [Infinity, -Infinity],
    );
    return {
      ...{ traceId, spanId: processSpanId(process), name: model.processes[process]!.name },
      ...{ kind: KINDS['internal'], startTimeUnixNano: nanos(start), endTimeUnixNano: nanos(end) },
    };
  }

  /** Returns the span that an event ends or is in. */
  function spanOfParent(event: number): string {
    const begun = model.begins(event) ? NONE : model.partner[event]!;
    return begun === NONE ? spanAround(event) : model.ids[begun]!;
  }

  function spanAround(event: number): string {
    const context = model.begins(event) ? event : around[event]!;
    return context === NONE ? processSpanId(model.process[event]!) : model.ids[context]!;
  }

  function processSpanId(process: number): string {
    const { name, host, processId } = model.processes[process]!;
    const key = [traceId, name, host, processId].join('\n');
    return createHash('sha256').update(key).digest('hex').slice(0, 16);
  }
}

function fieldsOf(model: TaskModel, event: number): readonly (readonly [string, string])[] {
  const { fields = [], source } = model.event(event);
  return source === undefined ? fields : [...fields, ['code.file.path', source]];
}

function attributesOf(fields: readonly (readonly [string, string])[]): object[] {
  return [...new Map(fields)].map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Nanoseconds have more digits than a number. */
function nanos(micros: number): string {
  return `${BigInt(Math.round(micros)) * 1000n}`;
}
