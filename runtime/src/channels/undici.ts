import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor, joinResponse, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { continueFollowed, endFollowed } from '../operations/followed.js';
import { answered, beginRequest, withoutQuery } from './http.js';
import type { Handlers } from './subscribe.js';

/** A request of undici, which `fetch` is made of (undici, "Diagnostics Channel Support"). */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, or lines of text in older versions. */
  readonly headers: readonly unknown[] | string;
  addHeader(name: string, value: string): void;
}
interface Response {
  readonly statusCode: number;
  /** Names and values in turn, as buffers. */
  readonly headers: readonly { toString(): string }[];
}
interface Message {
  readonly request: UndiciRequest;
}

/** A request that was sent, and the frame of its sender. */
interface Sent {
  readonly begun: Operation;
  readonly frame: Frame;
}

/** The channels of `fetch` and undici. `isPeer` tells which hosts get the id of the task. */
export function undiciChannels(isPeer: (host: string) => boolean): Handlers {
  const running = new WeakMap<UndiciRequest, Sent>();

  /** What tells of an answer runs in the context of the connection, which has served others before. */
  function finish(
    request: UndiciRequest,
    outcome: (label: string) => Outcome,
    told?: string,
  ): void {
    const sent = running.get(request);
    if (sent === undefined || !running.delete(request)) return;
    const { begun, frame } = sent;
    const end = (): void => {
      joinResponse(begun, told);
      endFollowed(begun, outcome(begun.label));
    };
    runIn(branch(frame), end, undefined, []);
  }

  return {
    'undici:request:create': ({ request }: Message) => {
      continueFollowed();
      const { host, hostname } = new URL(request.origin);
      const begun = beginRequest(request.method, host, withoutQuery(request.path));
      running.set(request, { begun, frame: currentFrame() });
      if (!isPeer(hostname) || hasTraceParent(request)) return;
      for (const [name, value] of headersFor(begun)) request.addHeader(name, value);
    },
    'undici:request:headers': ({
      request,
      response,
    }: Message & { readonly response: Response }) => {
      const { statusCode, headers } = response;
      finish(request, (label) => answered(label, statusCode), responseHeaderIn(headers));
    },
    'undici:request:error': ({ request, error }: Message & { readonly error: unknown }) => {
      finish(request, () => failure(error));
    },
  };
}

function hasTraceParent({ headers }: UndiciRequest): boolean {
  const lines = typeof headers === 'string' ? headers.split('\r\n') : headers;
  return lines.some((line) => /^traceparent(?::|$)/i.test(String(line)));
}

function responseHeaderIn(headers: Response['headers']): string | undefined {
  const at = headers.findIndex(
    (name, i) => i % 2 === 0 && name.toString().toLowerCase() === RESPONSE_HEADER,
  );
  return at === -1 ? undefined : headers[at + 1]?.toString();
}
