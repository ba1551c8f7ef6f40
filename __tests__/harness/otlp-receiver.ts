import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { proto } from './otlp-proto';

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly Pick<Span, 'traceId' | 'spanId' | 'attributes'>[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface LogRecord extends Pick<Span, 'traceId' | 'spanId' | 'attributes'> {
  readonly eventName: string;
  readonly severityText?: string;
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

interface Resource {
  readonly attributes: readonly Attribute[];
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: Resource;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
  readonly resourceLogs?: readonly {
    readonly resource: Resource;
    readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[];
  }[];
}

/** A receiver of OpenTelemetry that keeps what it is sent, read by protobufjs. */
export class OtlpReceiver {
  readonly received: Received[] = [];
  /** What it answers next, instead of taking what it is sent. */
  readonly answers: { status: number; headers?: Record<string, string> }[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, headers = {} } = this.answers.shift() ?? { status: 200 };
        if (status === 200) this.keep(request.url!, request.headers, Buffer.concat(chunks));
        response.writeHead(status, headers).end();
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OtlpReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get spans(): Span[] {
    return this.received.flatMap(({ body }) =>
      (body.resourceSpans ?? []).flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans),
      ),
    );
  }

  get records(): LogRecord[] {
    return this.received.flatMap(({ body }) =>
      (body.resourceLogs ?? []).flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) => logRecords),
      ),
    );
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close().closeAllConnections();
    await closed;
  }

  private keep(path: string, headers: IncomingHttpHeaders, sent: Buffer): void {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const body =
      headers['content-type'] === 'application/json'
        ? (JSON.parse(bytes.toString()) as Body)
        : decoded(path.endsWith('/traces') ? 'Traces' : 'Logs', bytes);
    this.received.push({ path, headers, body });
  }
}

/** Reads a message as OpenTelemetry's JSON has it: ids in hex. */
export function decoded(name: 'Traces' | 'Logs', bytes: Uint8Array): Body {
  const type = proto.lookupType(name);
  const plain = type.toObject(type.decode(bytes), { longs: String, bytes: Array });
  return JSON.parse(
    JSON.stringify(plain, (key, value: unknown) =>
      /^(?:traceId|spanId|parentSpanId)$/.test(key)
        ? Buffer.from(value as number[]).toString('hex')
        : value,
    ),
  ) as Body;
}

/** Returns an attribute as a text. */
export function attribute({ attributes = [] }: Pick<Span, 'attributes'>, name: string): unknown {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue));
}
