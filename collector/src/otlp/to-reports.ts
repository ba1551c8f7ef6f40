import { createHash } from 'node:crypto';
import type { Report } from '@throughline/runtime/report';
import type {
  AnyValue,
  KeyValue,
  LogRecord,
  LogsRequest,
  Resource,
  Scope,
  Span,
  SpanEvent,
  TracesRequest,
} from './messages.js';

// How OpenTelemetry's model becomes ours (docs/protocols.md): a span is an operation, two events. Its begin has the id of the span; its
// parents are the span's parent and the spans of the same trace that it links to. That the parent's end has waited for it is
// not claimed, because a span does not say so.

/** What became of a request: its reports, and how many of its spans or records cannot be kept. */
export interface Converted {
  readonly reports: readonly Report[];
  readonly rejected: number;
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const KIND_NAMES = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const ERROR = 2;

/** Converts spans. */
export function tracesToReports({ resourceSpans = [] }: TracesRequest): Converted {
  const reports: Report[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    for (const { scope, spans = [] } of scopeSpans) {
      for (const span of spans) {
        if (isId(span.traceId, 32) && isId(span.spanId, 16)) {
          for (const report of spanReports(span, originOf(resource, scope))) reports.push(report);
        } else rejected++;
      }
    }
  }
  return { reports, rejected };
}

/** Converts log records. One that is in no trace is rejected: nothing is known of what came before it. */
export function logsToReports({ resourceLogs = [] }: LogsRequest): Converted {
  const seen = new Map<string, number>();
  const reports: Report[] = [];
  let rejected = 0;
  for (const { resource, scopeLogs = [] } of resourceLogs) {
    for (const { scope, logRecords = [] } of scopeLogs) {
      for (const record of logRecords) {
        if (isId(record.traceId, 32)) {
          // Equal records are told apart by their number, which is the same when the request is sent again.
          const content = contentOf(record);
          const number = (seen.get(content) ?? 0) + 1;
          seen.set(content, number);
          reports.push(logReport(record, `${content} ${number}`, originOf(resource, scope)));
        } else rejected++;
      }
    }
  }
  return { reports, rejected };
}

type Origin = Pick<Report, 'host' | 'processId' | 'processName' | 'agent'>;

function spanReports(span: Span, origin: Origin): Report[] {
  const { name = '', attributes = [], events = [], status = {} } = span;
  const [taskId, eventId] = [span.traceId!.toLowerCase(), span.spanId!.toLowerCase()];
  const own = pairs(attributes);
  const parent = isId(span.parentSpanId, 16) ? [span.parentSpanId!.toLowerCase()] : [];
  const joined: string[] = [];
  const links: [string, string][] = [];
  for (const link of span.links ?? []) {
    if (!isId(link.traceId, 32) || !isId(link.spanId, 16)) continue;
    if (link.traceId!.toLowerCase() === taskId) joined.push(link.spanId!.toLowerCase());
    else links.push(['link', `${link.traceId!.toLowerCase()}/${link.spanId!.toLowerCase()}`]);
  }
  const begin: Report = {
    ...{ taskId, eventId, parentEventIds: [...new Set([...parent, ...joined])] },
    ...{ timestamp: micros(span.startTimeUnixNano), label: name, ...origin },
    fields: [
      ...operation(eventId, 'begin'),
      ['kind', KINDS[numberOf(span.kind, KIND_NAMES)] ?? 'internal'],
      ...own,
      ...links,
    ],
  };
  const reports = [begin];
  // The events of a span are of one thread of work, in the order of their times.
  const sorted = [...events].sort((a, b) => micros(a.timeUnixNano) - micros(b.timeUnixNano));
  for (const [i, event] of sorted.entries()) {
    reports.push({
      ...{ taskId, eventId: derivedId(eventId, `event ${i}`), ...origin },
      parentEventIds: [reports.at(-1)!.eventId],
      timestamp: micros(event.timeUnixNano),
      label: event.name ?? '',
      fields: pairs(event.attributes ?? []),
    });
  }
  if (micros(span.endTimeUnixNano) === 0) return reports;
  const isError = numberOf(status.code, ['UNSET', 'OK', 'ERROR']) === ERROR;
  const statusCode = own.find(([key]) => /^http\.(?:response\.)?status_code$/.test(key))?.[1];
  reports.push({
    ...{ taskId, eventId: derivedId(eventId, 'end'), ...origin },
    parentEventIds: [reports.at(-1)!.eventId],
    timestamp: micros(span.endTimeUnixNano),
    label: `${name} ${statusCode ?? (isError ? 'failed' : 'ended')}`,
    fields: [
      ...operation(eventId, 'end'),
      ['status', isError ? 'error' : 'ok'],
      ...(isError ? failure(status.message, own, sorted) : []),
    ],
  });
  return reports;
}

/** Returns what tells a record from others, whatever its encoding. */
function contentOf(record: LogRecord): string {
  const { spanId, timeUnixNano, observedTimeUnixNano, severityText, body, attributes, eventName } =
    record;
  const times = [timeUnixNano, observedTimeUnixNano].map(String);
  return JSON.stringify([
    spanId,
    ...times,
    severityText,
    textOf(body),
    pairs(attributes ?? []),
    eventName,
  ]);
}

function logReport(record: LogRecord, content: string, origin: Origin): Report {
  const { body, attributes = [], severityText, eventName } = record;
  const taskId = record.traceId!.toLowerCase();
  const spanId = isId(record.spanId, 16) ? record.spanId!.toLowerCase() : undefined;
  const text = eventName || textOf(body);
  const timestamp = micros(record.timeUnixNano) || micros(record.observedTimeUnixNano);
  return {
    ...{ taskId, eventId: derivedId(taskId, content), timestamp, label: text, ...origin },
    parentEventIds: spanId === undefined ? [] : [spanId],
    fields: [...(severityText ? [['level', severityText] as const] : []), ...pairs(attributes)],
  };
}

function operation(id: string, phase: 'begin' | 'end'): [string, string][] {
  return [
    ['operation', id],
    ['phase', phase],
  ];
}

/** Returns what is known of an error: from the span, or from the exception that it has recorded. */
function failure(
  message: string | undefined,
  own: readonly (readonly [string, string])[],
  events: readonly SpanEvent[],
): (readonly [string, string])[] {
  const recorded = events.filter(({ name }) => name === 'exception').at(-1);
  const exception = new Map(pairs(recorded?.attributes ?? []));
  const type = new Map(own).get('error.type') ?? exception.get('exception.type') ?? 'error';
  const text = message || exception.get('exception.message');
  return [['error.type', type], ...(text ? [['error.message', text] as const] : [])];
}

function originOf(resource: Resource = {}, scope: Scope = {}): Origin {
  const known = new Map(pairs(resource.attributes ?? []));
  const [host, name, pid] = ['host.name', 'service.name', 'process.pid'].map((key) =>
    known.get(key),
  );
  return {
    ...(host && { host }),
    ...(name && { processName: name }),
    ...(pid && /^\d{1,9}$/.test(pid) && { processId: Number(pid) }),
    ...(scope.name && { agent: scope.name }),
  };
}

function pairs(attributes: readonly KeyValue[]): [string, string][] {
  return attributes.map(({ key = '', value }) => [key, textOf(value)]);
}

/** Returns a value as text: a list or a map as JSON. */
function textOf(value: AnyValue | undefined): string {
  const plain = plainOf(value);
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain ?? '');
}

function plainOf(value: AnyValue = {}): unknown {
  const { arrayValue, kvlistValue } = value;
  if (arrayValue) return (arrayValue.values ?? []).map(plainOf);
  if (kvlistValue) {
    return Object.fromEntries(
      (kvlistValue.values ?? []).map(({ key = '', value: of }) => [key, plainOf(of)]),
    );
  }
  const { intValue } = value;
  const integer = Number.isSafeInteger(Number(intValue)) ? Number(intValue) : intValue;
  return value.stringValue ?? value.boolValue ?? integer ?? value.doubleValue ?? value.bytesValue;
}

/** Returns nanoseconds, which are more than a number holds, in microseconds. */
function micros(nanos: string | number | undefined): number {
  if (nanos === undefined) return 0;
  return /^\d{1,20}$/.test(String(nanos)) ? Number(BigInt(nanos) / 1000n) : 0;
}

/** Returns the number of an enumeration, which JSON may name: `SPAN_KIND_SERVER`. */
function numberOf(value: number | string | undefined, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return value === undefined ? 0 : names.findIndex((name) => value.endsWith(`_${name}`));
}

function isId(id: unknown, length: number): boolean {
  return (
    typeof id === 'string' && id.length === length && /^[0-9a-f]+$/i.test(id) && !/^0+$/.test(id)
  );
}

/** Returns an id that is the same whenever the same is sent again. */
function derivedId(of: string, what: string): string {
  return createHash('sha1').update(`${of} ${what}`).digest('hex').slice(0, 16);
}
