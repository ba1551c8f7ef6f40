import type { KeyValue, Span, SpanEvent, TracesRequest } from './messages.js';

// Spans of Zipkin (zipkin-api, "zipkin2-api.yaml", version 2) in the words of OpenTelemetry ("Zipkin exporter" of its specification, the other way
// round), so that they become events in the same way.

/** A span of Zipkin. Every part may be missing. */
interface ZipkinSpan {
  readonly traceId?: string;
  readonly id?: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: string;
  /** In microseconds since 1970, and in microseconds. */
  readonly timestamp?: number;
  readonly duration?: number;
  readonly localEndpoint?: Endpoint;
  readonly remoteEndpoint?: Endpoint;
  readonly annotations?: readonly { readonly timestamp?: number; readonly value?: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  /** True for the side of the server, if it has the id of the client's span. */
  readonly shared?: boolean;
}
interface Endpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
}

/** Turned over, an id of a shared span is another one, and the same each time when it is sent again. */
const FLIP = 0xffff_ffff_ffff_ffffn;

/** Returns true if a value looks like a list of Zipkin's spans. */
export function isZipkin(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const { traceId, id } = Object(value[0]) as ZipkinSpan;
  return typeof traceId === 'string' && typeof id === 'string';
}

/** Converts a list of spans. Throws an `Error` if it is none. */
export function zipkinToTraces(spans: unknown): TracesRequest {
  if (!Array.isArray(spans)) throw new Error('it is not a list of spans');
  const all = spans.map((span: unknown) => Object(span) as ZipkinSpan);
  // A server that goes on with the client's id is a span of its own: below the client's, and above what it did itself.
  const shared = new Map<string, string>();
  for (const { traceId, id, shared: isShared, localEndpoint } of all) {
    if (isShared) shared.set(`${traceId} ${id}`, localEndpoint?.serviceName ?? '');
  }
  return {
    resourceSpans: all.map((span) => ({
      resource: { attributes: attributes({ 'service.name': span.localEndpoint?.serviceName }) },
      scopeSpans: [{ spans: [spanOf(span, shared)] }],
    })),
  };
}

function spanOf(span: ZipkinSpan, shared: ReadonlyMap<string, string>): Span {
  const { traceId = '', id = '', parentId, timestamp, duration, remoteEndpoint: remote } = span;
  const annotations = Array.isArray(span.annotations) ? span.annotations : [];
  const tags = Object(span.tags) as Readonly<Record<string, string>>;
  const service = span.localEndpoint?.serviceName ?? '';
  const isBelowShared =
    parentId !== undefined && !span.shared && shared.get(`${traceId} ${parentId}`) === service;
  const parent = span.shared ? id : isBelowShared ? flipped(parentId) : parentId;
  let first = Infinity;
  for (const { timestamp: time } of annotations as { timestamp?: number }[]) {
    if (time !== undefined && time < first) first = time;
  }
  const start = timestamp ?? (Number.isFinite(first) ? first : 0);
  return {
    traceId: String(traceId).padStart(32, '0'),
    spanId: span.shared ? flipped(id) : id,
    ...(parent !== undefined && { parentSpanId: parent }),
    ...{ name: span.name ?? '', kind: `SPAN_KIND_${span.kind ?? 'INTERNAL'}` },
    startTimeUnixNano: nanos(start),
    ...(duration !== undefined && { endTimeUnixNano: nanos(start + duration) }),
    attributes: attributes({
      ...tags,
      'server.address': remote?.serviceName ?? remote?.ipv4 ?? remote?.ipv6,
      'server.port': remote?.port,
    }),
    events: annotations.map(({ timestamp: at = start, value }): SpanEvent => ({
      ...{ timeUnixNano: nanos(at), name: String(value ?? '') },
    })),
    ...('error' in tags && {
      status: { code: 2, ...(tags['error'] !== 'true' && { message: tags['error']! }) },
    }),
  };
}

function flipped(id: string): string {
  return /^[0-9a-f]{16}$/i.test(id)
    ? (BigInt(`0x${id}`) ^ FLIP).toString(16).padStart(16, '0')
    : id;
}

function nanos(micros: number): string {
  return Number.isFinite(micros) ? `${Math.round(micros)}000` : '0';
}

function attributes(values: Readonly<Record<string, unknown>>): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: { stringValue: String(value) } }],
  );
}
