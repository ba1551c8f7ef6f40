import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { readSettings } from '@throughline/collector/settings';
import { isTrusted } from './own-certificate.js';

/** What is sent with a request. */
export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long the server may be silent, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Asks a collector for a path, over HTTP, HTTPS, or the Unix socket in a URL such as `unix:/run/throughline.sock`, which `fetch` does
 * not know. Rejects with Node's error.
 */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body, timeoutMs = 0 }: RequestOptions = {},
): Promise<IncomingMessage> {
  const [, socketPath] = /^unix:(.+)$/s.exec(url) ?? [];
  const target = new URL(path, socketPath === undefined ? url : 'http://localhost');
  const { cert } = readSettings({});
  const open = target.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = open(target, {
    ...{ method, headers, agent: false },
    ...(socketPath !== undefined && { socketPath }),
    ...(cert !== undefined && { rejectUnauthorized: false }),
  });
  if (cert !== undefined && target.protocol === 'https:') checkCertificate(sent, cert);
  sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  // One that breaks off later is seen by who reads the body.
  sent.on('error', () => {});
  return answer;
}

/** The same with an answer as that of `fetch`. The first one of a process takes ten times as long. */
export async function request(
  url: string,
  path: string,
  options?: RequestOptions,
): Promise<Response> {
  const answer = await ask(url, path, options);
  const length = answer.headers['content-length'];
  return new Response(Readable.toWeb(answer) as ReadableStream, {
    status: answer.statusCode!,
    headers: length === undefined ? {} : { 'content-length': length },
  });
}

/** Returns an answer in JSON as a value; undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ends a request if the peer's certificate is neither trusted nor that of the settings. */
function checkCertificate(sent: ClientRequest, file: string): void {
  sent.on('socket', (socket) => {
    const peer = socket as TLSSocket;
    peer.once('secureConnect', () => {
      if (isTrusted(peer, file)) return;
      sent.destroy(new Error(`${String(peer.authorizationError)}, and it is not THROUGHLINE_CERT`));
    });
  });
}
