import type { Context, Hono } from 'hono';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { encodeSome } from '@throughline/runtime/report';
import { CollectorError, errorMessage } from '../errors.js';
import type { Acceptor } from '../ingest/accept.js';
import { decodeMessage } from '../otlp/decode.js';
import { withoutNull } from '../otlp/json.js';
import { logsRequest, tracesRequest } from '../otlp/schema.js';
import type { Schema } from '../otlp/schema.js';
import { logsToReports, tracesToReports } from '../otlp/to-reports.js';
import type { Converted } from '../otlp/to-reports.js';
import { zipkinToTraces } from '../otlp/zipkin.js';
import type { BatchBytes } from '../reports/batch.js';
import type { MayReport } from './guard.js';
import { allowOrigin, bodyOf, store } from './take-reports.js';

/** The largest body after it was unpacked, in bytes. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** What is sent to a path. */
export interface Signal {
  /** What it is called in errors. */
  readonly name: string;
  readonly schema: Schema;
  readonly convert: (request: object) => Converted;
  /** The name of the number of what was rejected, in the answer. */
  readonly rejected: string;
}

export const SIGNALS: Readonly<Record<string, Signal>> = {
  '/v1/traces': {
    name: 'OTLP',
    schema: tracesRequest,
    convert: tracesToReports,
    rejected: 'rejectedSpans',
  },
  '/v1/logs': {
    name: 'OTLP',
    schema: logsRequest,
    convert: logsToReports,
    rejected: 'rejectedLogRecords',
  },
  // They are answered, so that exporters go on, and not kept.
  '/v1/metrics': {
    name: 'OTLP',
    schema: {},
    convert: () => ({ reports: [], rejected: 0 }),
    rejected: '',
  },
};

/** What reporters of Zipkin send, in JSON, to the path that they send it to. */
const ZIPKIN_PATH = '/api/v2/spans';
const ZIPKIN: Signal = {
  name: 'Zipkin’s list of spans',
  schema: {},
  convert: (spans) => tracesToReports(zipkinToTraces(spans)),
  rejected: 'rejectedSpans',
};

/**
 * Adds the paths of OpenTelemetry's protocol over HTTP (OTLP 1.x, "OTLP/HTTP"): traces and logs, as protobuf or JSON, with or
 * without gzip.
 */
export function addOtlp(app: Hono, acceptor: Acceptor, mayReport: MayReport): void {
  for (const [path, signal] of [...Object.entries(SIGNALS), [ZIPKIN_PATH, ZIPKIN] as const]) {
    app.all(path, (context) => {
      allowOrigin(context, mayReport, 'content-type, content-encoding');
      return take(context, signal, acceptor);
    });
  }
}

async function take(context: Context, signal: Signal, acceptor: Acceptor): Promise<Response> {
  const { method } = context.req;
  if (method === 'OPTIONS') return context.body(null, 204);
  if (method !== 'POST') {
    throw new CollectorError('TL_QUERY_INVALID', `Spans and logs are sent by POST, got ${method}.`);
  }
  const isJson = context.req.header('content-type')?.includes('json') ?? false;
  const { batch, rejected } = await batchOf(context, signal, isJson);
  if (batch.length > 0) await store(context, acceptor, batch);
  return answer(context, isJson, signal.rejected, rejected);
}

async function batchOf(context: Context, signal: Signal, isJson: boolean): Promise<OtlpBatch> {
  const body = await bodyOf(context);
  try {
    const isPacked = context.req.header('content-encoding') === 'gzip';
    const bytes = isPacked ? await unpack(body, { maxOutputLength: MAX_UNPACKED_BYTES }) : body;
    const request: unknown = isJson
      ? JSON.parse(new TextDecoder().decode(bytes), withoutNull)
      : decodeMessage(bytes, signal.schema);
    return converted(request, signal);
  } catch (error) {
    throw new CollectorError(
      'TL_QUERY_INVALID',
      `The body is not ${signal.name} in ${isJson ? 'JSON' : 'protobuf'}: ${errorMessage(error)}.`,
    );
  }
}

/** A request as a batch of reports, and how many of its spans or records cannot be kept. */
interface OtlpBatch {
  readonly batch: BatchBytes;
  readonly rejected: number;
}

/** Reads a request in protobuf. Throws an `Error` if it is none. */
export function readProtobuf(bytes: Uint8Array, signal: Signal): OtlpBatch {
  return converted(decodeMessage(bytes, signal.schema), signal);
}

/** What is not of the protocol's shape, such as a number in place of a list, ends in an error, too. */
function converted(request: unknown, { convert }: Signal): OtlpBatch {
  const { reports, rejected } = convert(Object(request));
  return { batch: limited(encodeSome(reports, MAX_UNPACKED_BYTES), reports.length), rejected };
}

/** Attributes of a resource are those of each of its spans, so that a small body can become very large. */
function limited({ bytes, count }: { bytes: Uint8Array; count: number }, of: number): Uint8Array {
  if (count === of && bytes.length <= MAX_UNPACKED_BYTES) return bytes;
  throw new Error(`its events have more than ${MAX_UNPACKED_BYTES} bytes`);
}

const unpack = promisify(gunzip) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;

/** What was rejected is said in the field `partial_success`, which is 1 in all three answers, with its number in field 1. */
function answer(context: Context, isJson: boolean, name: string, rejected: number): Response {
  if (isJson) {
    return context.json(rejected > 0 ? { partialSuccess: { [name]: String(rejected) } } : {});
  }
  return context.body(partialSuccess(rejected) as Uint8Array<ArrayBuffer>, 200, {
    'content-type': 'application/x-protobuf',
  });
}

/** Returns the message that says how many were rejected, in protobuf. */
export function partialSuccess(rejected: number): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  const number: number[] = [];
  for (let left = rejected; ; left >>>= 7) {
    number.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return Uint8Array.of(0x0a, number.length + 1, 0x08, ...number);
}
