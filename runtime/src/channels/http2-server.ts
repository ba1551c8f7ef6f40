import type {
  Http2Server,
  Http2ServerRequest,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { servedOutcome, valueOf, withoutQuery } from '../operations/http.js';
import { beginOperation } from '../operations/operation-events.js';
import { routeOf } from '../operations/routes.js';
import { Served } from '../operations/served.js';
import { continueFromRequest, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { carriedByItself } from '../propagation/carrier.js';
import { client } from '../xtrace/log.js';
import { isGrpc, withHeader } from './http2-headers.js';

/** The requests that frameworks get for streams, which know their routes. */
const requests = new WeakMap<ServerHttp2Stream, Http2ServerRequest>();

/** Makes each stream that servers of a class are asked for an operation, by the method that tells the program of it. */
export function watchServers(prototype: Http2Server): void {
  const emit = Reflect.get(prototype, 'emit') as AnyMethod;
  const standIn = function (this: unknown, name: unknown, ...args: unknown[]): unknown {
    const given = [name, ...args] as never[];
    const frame = name === 'stream' ? attempt(() => begin(args)) : undefined;
    if (name === 'request') {
      const [request] = args as [Http2ServerRequest];
      attempt(() => requests.set(request.stream as ServerHttp2Stream, request));
    }
    return frame
      ? runIn(frame, emit as AnyFunction, this, given)
      : Reflect.apply(emit, this, given);
  };
  Object.defineProperty(prototype, 'emit', {
    value: copyFunctionShape(standIn as AnyFunction, emit as AnyFunction),
    ...{ writable: true, configurable: true, enumerable: false },
  });
}

/** Begins the operation of a stream, and returns the frame that it is served in. */
function begin(args: readonly unknown[]): Frame | undefined {
  const [stream, headers] = args as [ServerHttp2Stream, IncomingHttpHeaders];
  // Its calls are operations already.
  if (isGrpc(headers) && carriedByItself.servers) return undefined;
  const open = (): Frame => {
    serve(stream, headers);
    return currentFrame();
  };
  return runIn(branch(currentFrame()), open, undefined, []) as Frame;
}

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  continueFromRequest((name) => valueOf(headers[name]));
  const method = String(headers[':method']);
  const path = withoutQuery(headers[':path']);
  const begun = beginOperation(`${method} ${path}`, 'server', {
    'http.request.method': method,
    'url.path': path,
    'server.address': headers[':authority'] ?? headers.host,
    'network.protocol.version': '2',
  });
  setLocal(client.traceSlot, begun.trace);
  const outcome = (isSent: boolean): ReturnType<typeof servedOutcome> => {
    const request = requests.get(stream);
    const status = isSent ? statusOf(stream) : undefined;
    return servedOutcome(method, path, request && routeOf(request), status);
  };
  const served = new Served(begun, () => stream.writableEnded, outcome);
  const isWhole = (): boolean => stream.headersSent && stream.rstCode === 0 && !stream.aborted;
  // All ways to answer call it, but those that send a file. Node calls it, too, when a stream is closed.
  replace(stream, 'end', (end) => (args) => {
    const result = end(args);
    attempt(() => served.finish(!stream.closed || isWhole()));
    return result;
  });
  if (headers['traceparent'] !== undefined) {
    replace(stream, 'respond', (respond) => ([given, ...more]) => {
      const own = stream.headersSent
        ? given
        : attempt(() => withHeader(given, RESPONSE_HEADER, () => served.header()));
      return respond([own ?? given, ...more]);
    });
  }
  stream.once('close', () => attempt(() => served.finish(isWhole())));
}

/** Returns the status of an answer; undefined if it has no head. */
function statusOf({ sentHeaders }: ServerHttp2Stream): number | undefined {
  const { ':status': status } = (sentHeaders ?? {}) as IncomingHttpHeaders;
  return status === undefined ? undefined : Number(status);
}

/** Gives a stream a method of its own. */
function replace(
  stream: ServerHttp2Stream,
  name: 'end' | 'respond',
  made: (method: (args: readonly unknown[]) => unknown) => (args: readonly unknown[]) => unknown,
): void {
  const method = Reflect.get(stream, name) as AnyFunction;
  const standIn = made((args) => Reflect.apply(method, stream, args as never[]));
  Object.defineProperty(stream, name, {
    value: (...args: unknown[]) => standIn(args),
    ...{ writable: true, configurable: true, enumerable: false },
  });
}
