import type { Context } from 'hono';
import { MAX_BATCH_BYTES } from '@throughline/runtime/report';
import { CollectorError } from '../errors.js';
import type { Acceptor } from '../ingest/accept.js';
import type { BatchBytes } from '../reports/batch.js';
import type { Outcome } from '../store/store.js';
import type { MayReport } from './guard.js';

/** How long a sender should wait when the collector is full, in seconds. */
const RETRY_AFTER = '1';

/**
 * Takes a batch of reports by HTTP, for pages and platforms without TCP: the body is the batch, and the answer says what became
 * of it when it is stored.
 *
 * Throws `TL_QUERY_INVALID` for another method and a body that is too long, and `TL_COLLECTOR_FULL` with 503.
 */
export async function takeReports(
  context: Context,
  acceptor: Acceptor,
  mayReport: MayReport,
): Promise<Response> {
  allowOrigin(context, mayReport, 'content-type');
  const { method } = context.req;
  if (method === 'OPTIONS') return context.body(null, 204);
  if (method !== 'POST') {
    throw new CollectorError('TL_QUERY_INVALID', `Reports are sent by POST, got ${method}.`);
  }
  return context.json(await store(context, acceptor, await bodyOf(context)));
}

/** Stores a batch, and returns what became of it. Throws `TL_COLLECTOR_FULL`. */
export async function store(
  context: Context,
  acceptor: Acceptor,
  batch: BatchBytes,
): Promise<Outcome> {
  try {
    if (!acceptor.isFull) return await acceptor.accept(batch);
  } catch {
    // It is told below.
  }
  context.header('retry-after', RETRY_AFTER);
  throw new CollectorError(
    'TL_COLLECTOR_FULL',
    'The collector cannot store reports at the moment. Send them again.',
  );
}

/** Returns the body of a request. Throws `TL_QUERY_INVALID` for one that is too long. */
export async function bodyOf(context: Context): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of whole((context.req.raw.body ?? []) as AsyncIterable<Uint8Array>)) {
    parts.push(part);
    length += part.length;
    if (length > MAX_BATCH_BYTES) {
      throw new CollectorError(
        'TL_QUERY_INVALID',
        `A batch of reports may have ${MAX_BATCH_BYTES} bytes, and this one has more.`,
      );
    }
  }
  const batch = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    batch.set(part, at);
    at += part.length;
  }
  return batch;
}

/** Lets a page send to the collector, with these headers, if pages of its origin may. */
export function allowOrigin(context: Context, mayReport: MayReport, headers: string): void {
  const origin = context.req.header('origin');
  if (origin === undefined || !mayReport(origin)) return;
  context.header('access-control-allow-origin', origin);
  context.header('access-control-allow-headers', headers);
  context.header('access-control-allow-methods', 'POST');
  context.header('vary', 'origin');
}

/** Says of a body that breaks off that it does. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new CollectorError('TL_QUERY_INVALID', 'The request ended before its body did.');
  }
}
