import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';

/** What is sent with a request. */
export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * Asks a collector for a path, over HTTP, HTTPS, or the Unix socket in a URL such as `unix:/run/throughline.sock`, which `fetch` does
 * not know. Rejects with Node's error.
 */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: RequestOptions = {},
): Promise<IncomingMessage> {
  const [, socketPath] = /^unix:(.+)$/s.exec(url) ?? [];
  const target = new URL(path, socketPath === undefined ? url : 'http://localhost');
  const open = target.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = open(target, {
    ...{ method, headers, agent: false },
    ...(socketPath !== undefined && { socketPath }),
  });
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
