import type { Agent, IncomingMessage, request as sendRequest } from 'node:http';
import { ownAgents } from '../xtrace/own-requests.js';
import type { Endpoint } from './settings.js';

/** What became of a request. `retry` is for what may succeed later. */
export interface Answer {
  readonly kind: 'taken' | 'refused' | 'retry';
  /** Why it was not taken. */
  readonly reason?: string;
  /** How long the receiver wants to be left alone, in milliseconds, if it says so. */
  readonly pauseMs?: number;
}

/** The statuses after which a request is made again (OTLP specification, "Retryable Response Codes"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** A way to send requests. */
interface Platform {
  readonly request: typeof sendRequest;
  readonly agent: Agent;
}

const platforms = new Map<string, Promise<Platform>>();

/** Loads what sends requests of a protocol. Few programs send any, and it takes time. */
function platformOf(protocol: string): Promise<Platform> {
  const known = platforms.get(protocol) ?? load(protocol);
  platforms.set(protocol, known);
  return known;
}

async function load(protocol: string): Promise<Platform> {
  const { request, Agent } =
    protocol === 'https:' ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  // What we send is no work of the program.
  ownAgents.add(agent);
  return { request, agent };
}

/** Sends a request to a receiver. Never rejects. Keeps the process alive only while it connects. */
export async function post(
  signal: 'traces' | 'logs',
  endpoint: Endpoint,
  contents: object,
): Promise<Answer> {
  try {
    return await sent(signal, endpoint, contents);
  } catch (error) {
    // Such as a header that cannot be sent. It would fail again.
    return { kind: 'refused', reason: (error as Error).message };
  }
}

async function sent(
  signal: 'traces' | 'logs',
  { url, headers, timeoutMs, isCompressed, isJson }: Endpoint,
  contents: object,
): Promise<Answer> {
  const plain = isJson
    ? Buffer.from(JSON.stringify(contents))
    : (await import('./protobuf.js')).encodeRequest(signal, contents);
  const body = isCompressed ? (await import('node:zlib')).gzipSync(plain) : plain;
  const { request, agent } = await platformOf(url.protocol);
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve({ kind: 'retry', reason: error.message });
    const asked = request(url, {
      method: 'POST',
      agent,
      timeout: timeoutMs,
      headers: {
        'content-type': isJson ? 'application/json' : 'application/x-protobuf',
        'content-length': body.length,
        ...(isCompressed && { 'content-encoding': 'gzip' }),
        ...headers,
      },
    });
    asked.on('socket', (socket) => {
      socket.unref();
      if (!socket.connecting) return;
      // A socket that connects keeps the process alive all the same.
      const tooLong = setTimeout(() => {
        asked.destroy(new Error(`no connection in ${CONNECT_MS} ms`));
      }, CONNECT_MS).unref();
      socket.once('connect', () => clearTimeout(tooLong));
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    asked.on('error', failed);
    asked.on('response', (response) => {
      response.resume();
      response.on('error', failed);
      response.on('end', () => resolve(answerOf(response)));
    });
    asked.end(body);
  });
}

const CONNECT_MS = 2000;
/** The longest time for which a receiver is left alone, whatever it says. */
const LONGEST_PAUSE_MS = 300_000;

function answerOf({ statusCode = 0, headers }: IncomingMessage): Answer {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'taken' };
  const reason = `it answers with ${statusCode}`;
  if (!RETRYABLE.has(statusCode)) return { kind: 'refused', reason };
  const pauseMs = pauseIn(headers['retry-after']);
  return { kind: 'retry', reason, ...(pauseMs > 0 && { pauseMs }) };
}

/** Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). Returns milliseconds; 0 if it says nothing. */
function pauseIn(text = ''): number {
  const pauseMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return pauseMs > 0 ? Math.min(pauseMs, LONGEST_PAUSE_MS) : 0;
}
