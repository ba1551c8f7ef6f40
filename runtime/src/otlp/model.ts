// The parts of OpenTelemetry's protocol that are written here, named as its JSON has them (opentelemetry-proto, version 1). Ids are
// lower-case hex, times are nanoseconds since 1970 as decimals.

export interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

export interface Link {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly KeyValue[];
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly Link[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface LogRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly KeyValue[];
}

/** OpenTelemetry's numbers for kinds of spans (trace.proto, `SpanKind`). */
export const KINDS: Readonly<Record<string, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

/** The code of the status of a span that has failed (trace.proto, `StatusCode`). */
export const STATUS_ERROR = 2;

/** OpenTelemetry's numbers for the levels of loggers (logs.proto, `SeverityNumber`). */
export const SEVERITIES: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  log: 9,
  info: 9,
  warn: 13,
  warning: 13,
  error: 17,
  fatal: 21,
};

/** Attributes that are numbers in OpenTelemetry's semantic conventions; fields of reports are texts. */
const NUMBERS: ReadonlySet<string> = new Set([
  'code.line.number',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'http.response.status_code',
  'messaging.batch.message_count',
  'process.exit.code',
  'process.pid',
  'server.port',
]);

/** Returns attributes by name: of two with one name, the later. */
export function attributesOf(fields: Iterable<readonly [string, string]>): KeyValue[] {
  return [...new Map(fields)].map(([key, text]) => ({
    key,
    value:
      NUMBERS.has(key) && /^-?\d{1,15}$/.test(text) ? { intValue: text } : { stringValue: text },
  }));
}
