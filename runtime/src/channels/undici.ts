import type { AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { continuedFrame, endFollowedIn, noteBegun } from '../operations/followed.js';
import { answered, beginRequest, withoutQuery } from '../operations/http.js';
import { failure } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { isReport, linked } from '../operations/other-tracers.js';
import { privateField } from '../operations/private-field.js';
import { headersFor, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { MESSAGES_HEADER } from '../operations/websocket-header.js';
import type { Handlers } from './subscribe.js';
import { askedBy, connectingIn } from './web-classes.js';

/** A request of undici, which `fetch` is made of (undici, "Diagnostics Channel Support"). */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, or lines of text in older versions. */
  headers: unknown[] | string;
  /** The protocol that the connection is to be for after the answer, such as `websocket`. */
  readonly upgrade?: unknown;
  addHeader(name: string, value: string): unknown;
  onUpgrade?: AnyMethod;
  onRequestUpgrade?: AnyMethod;
}
interface Response {
  readonly statusCode: number;
  /** Names and values in turn, as buffers. */
  readonly headers: readonly { readonly length: number; toString(): string }[];
}
interface Message {
  readonly request: UndiciRequest;
}

/** A request that was sent, and the frame of its sender. */
interface Sent {
  readonly begun: Operation;
  readonly frame: Frame;
}

/** The part of an address that names a server. */
interface Origin {
  readonly host: string;
  readonly isPeer: boolean;
}

/** How many origins are remembered. */
const MOST_ORIGINS = 1000;

/** The channels of `fetch` and undici. `isPeer` tells which hosts get the id of the task. */
export function undiciChannels(isPeer: (host: string) => boolean): Handlers {
  const running = privateField<Sent>();
  const origins = new Map<string, Origin>();

  /** Reads an origin. Programs ask few servers, many times. */
  function read(origin: string | URL): Origin {
    const text = String(origin);
    let found = origins.get(text);
    if (found === undefined) {
      const { host, hostname } = new URL(text);
      found = { host, isPeer: isPeer(hostname) };
      if (origins.size >= MOST_ORIGINS) origins.clear();
      origins.set(text, found);
    }
    return found;
  }

  /** What tells of an answer runs in the context of the connection, which has served others before. */
  function finish(
    request: UndiciRequest,
    outcome: (label: string) => Outcome,
    told?: string,
  ): void {
    const sent = running.of(request);
    if (sent === undefined) return;
    running.set(request, undefined);
    const { begun, frame } = sent;
    const known = linked(outcome(begun.label), begun, traceParentOf(request));
    endFollowedIn(frame, begun, known, told);
  }

  return {
    'undici:request:create': ({ request }: Message) => {
      const { path } = request;
      if (isReport({ path, hasHeader: (name) => headerOf(request, name) !== undefined })) return;
      const frame = continuedFrame();
      const { host, isPeer: isTold } = read(request.origin);
      // The path of a tunnel is the host that it leads to.
      const isTunnel = request.method === 'CONNECT';
      const address = isTunnel ? ([path, ''] as const) : ([host, withoutQuery(path)] as const);
      const begun = noteBegun(beginRequest(request.method, ...address, frame), frame);
      running.set(request, { begun, frame });
      if (isTold && traceParentOf(request) === undefined) addHeaders(request, begun, frame);
      const isUpgrade = Boolean(request.upgrade);
      const connecting = connectingIn(frame);
      const asked =
        connecting &&
        askedBy(connecting, {
          ...{ isUpgrade, host, path },
          header: (name) => headerOf(request, name),
        });
      if (asked && isTold) request.addHeader(MESSAGES_HEADER, asked.header);
      if (isUpgrade || isTunnel) {
        onUpgrade(request, (status, headers) => {
          asked?.answered(headerIn(headers, MESSAGES_HEADER));
          finish(request, (label) => answered(label, status));
        });
      }
    },
    'undici:request:headers': ({
      request,
      response,
    }: Message & { readonly response: Response }) => {
      const { statusCode, headers } = response;
      finish(request, (label) => answered(label, statusCode), headerIn(headers, RESPONSE_HEADER));
    },
    'undici:request:error': ({ request, error }: Message & { readonly error: unknown }) => {
      finish(request, () => failure(error));
    },
  };
}

/** The methods by which undici tells a request that its connection is for something else now: no channel tells of that. */
const UPGRADES = ['onUpgrade', 'onRequestUpgrade'] as const;

function onUpgrade(
  request: UndiciRequest,
  told: (status: number, headers: Response['headers']) => void,
): void {
  for (const name of UPGRADES) {
    const { [name]: method } = request;
    if (typeof method !== 'function') continue;
    request[name] = function (this: unknown, ...args: unknown[]) {
      const status = args.find((one) => typeof one === 'number') ?? SWITCHING_PROTOCOLS;
      attempt(() => told(status, args.find((one) => Array.isArray(one)) ?? []));
      return Reflect.apply(method, this, args);
    };
  }
}

const SWITCHING_PROTOCOLS = 101;

/** Headers with ids: a receiver can read only those of one tool. */
const IDS = new Set(['traceparent', 'b3', 'x-b3-traceid']);

/**
 * Adds our headers. Another tool that is told of the request later adds its own without looking; then ours go, because a receiver
 * can read only one.
 */
function addHeaders(request: UndiciRequest, begun: Operation, frame: Frame): void {
  const own = headersFor(begun, frame).filter(([name]) => headerOf(request, name) === undefined);
  for (const [name, value] of own) request.addHeader(name, value);
  const { addHeader } = request;
  request.addHeader = (name, value) => {
    if (IDS.has(name.toLowerCase())) {
      Reflect.deleteProperty(request, 'addHeader');
      for (const [ours] of own) removeHeader(request, ours);
    }
    return addHeader.call(request, name, value);
  };
}

function removeHeader(request: UndiciRequest, name: string): void {
  const { headers } = request;
  if (typeof headers === 'string') {
    const lines = headers.split('\r\n');
    request.headers = lines.filter((line) => !line.startsWith(`${name}: `)).join('\r\n');
  } else {
    const at = headers.findIndex((one, i) => i % 2 === 0 && one === name);
    if (at !== -1) headers.splice(at, 2);
  }
}

function traceParentOf(request: UndiciRequest): string | undefined {
  return headerOf(request, 'traceparent');
}

/** Returns the value of a header, by its name in lower case. */
function headerOf({ headers }: UndiciRequest, name: string): string | undefined {
  if (typeof headers === 'string') {
    const line = headers.split('\n').find((one) => one.toLowerCase().startsWith(`${name}:`));
    return line?.slice(name.length + 1).trim();
  }
  for (let i = 0; i < headers.length; i += 2) {
    if (isNamed(headers[i], name)) return String(headers[i + 1]);
  }
  return undefined;
}

/** Returns true if the name of a header is the one in lower case. Most differ in their length. */
function isNamed(header: unknown, name: string): boolean {
  const text = String(header);
  return text.length === name.length && text.toLowerCase() === name;
}

/** Returns the value of a header of an answer, by its name in lower case. */
function headerIn(headers: Response['headers'], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    const known = headers[i]!;
    // A name of another length need not be decoded.
    if (known.length === name.length && isNamed(known, name)) return headers[i + 1]?.toString();
  }
  return undefined;
}
