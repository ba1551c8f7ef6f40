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

/** Sends a request to a receiver. Never rejects, and never keeps the process alive. */
export async function post(
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
    const sent = request(url, {
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
    sent.on('socket', (socket) => socket.unref());
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    sent.on('error', failed);
    sent.on('response', (response) => {
      response.resume();
      response.on('error', failed);
      response.on('end', () => resolve(answerOf(response)));
    });
    sent.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): Answer {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'taken' };
  const reason = `it answers with ${statusCode}`;
  if (!RETRYABLE.has(statusCode)) return { kind: 'refused', reason };
  const seconds = Number(headers['retry-after']);
  return { kind: 'retry', reason, ...(seconds > 0 && { pauseMs: seconds * 1000 }) };
}
