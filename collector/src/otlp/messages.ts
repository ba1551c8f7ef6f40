// The messages of OpenTelemetry's protocol that are read, in the names of its JSON encoding (opentelemetry-proto 1.x, "OTLP/JSON").
// Every part may be missing.

/** A value of any type. */
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** A decimal. */
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
}
export interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
}
export interface Resource {
  readonly attributes?: readonly KeyValue[];
}
export interface Scope {
  readonly name?: string;
}
export interface SpanEvent {
  readonly timeUnixNano?: string | number;
  readonly name?: string;
  readonly attributes?: readonly KeyValue[];
}
export interface SpanLink {
  readonly traceId?: string;
  readonly spanId?: string;
}
export interface Span {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number | string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly SpanEvent[];
  readonly links?: readonly SpanLink[];
  /** Its code is 0 unset, 1 ok, 2 error. */
  readonly status?: { readonly message?: string; readonly code?: number | string };
}
export interface LogRecord {
  readonly timeUnixNano?: string | number;
  readonly observedTimeUnixNano?: string | number;
  readonly severityText?: string;
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}
export interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: Resource;
    readonly scopeSpans?: readonly { readonly scope?: Scope; readonly spans?: readonly Span[] }[];
  }[];
}
export interface LogsRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: Resource;
    readonly scopeLogs?: readonly {
      readonly scope?: Scope;
      readonly logRecords?: readonly LogRecord[];
    }[];
  }[];
}
