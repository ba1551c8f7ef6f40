import { InterceptingCall, Metadata, ServerInterceptingCall } from '@grpc/grpc-js';
import type {
  CallOptions,
  Client,
  ClientUnaryCall,
  InterceptorOptions,
  NextCall,
  ServerInterceptingCallInterface,
  ServerMethodDefinition,
  ServiceError,
  StatusObject,
} from '@grpc/grpc-js';
import { branch, currentFrame, OUTSIDE, runIn, ThroughlineError } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { newPromise } from '../promises/new-promise.js';
import { client as xtrace } from '../xtrace/log.js';
import type { Trace } from '../xtrace/trace.js';
import {
  answeredFrame,
  carriedByItself,
  extract,
  inject,
  metadataAccess,
  requestFrame,
} from './carrier.js';

/**
 * A client interceptor that sends the caller's task and latest events with every call, and joins the events
 * that the answer brings back: what follows the call comes after the last events of the service.
 *
 * @example
 * new Operator(address, credentials.createInsecure(), { interceptors: [clientInterceptor] });
 */
export function clientInterceptor(
  options: InterceptorOptions,
  nextCall: NextCall,
): InterceptingCall {
  if (carriedByItself.clients) return new InterceptingCall(nextCall(options));
  return new InterceptingCall(nextCall(options), {
    start(metadata, _listener, next) {
      const frame = currentFrame();
      const sent = xtrace.currentTrace();
      next(withIds(metadata, sent), {
        onReceiveStatus(status, proceed) {
          runIn(afterAnswer(frame, sent, status.metadata), proceed, undefined, [status]);
        },
      });
    },
  });
}

/**
 * A server interceptor that starts every handler in its caller's task, and sends the handler's last events back
 * in the trailer. A request without ids, or with malformed ids, gets a task of its own.
 *
 * @example
 * new Server({ interceptors: [serverInterceptor] });
 */
export function serverInterceptor(
  _method: ServerMethodDefinition<unknown, unknown>,
  call: ServerInterceptingCallInterface,
): ServerInterceptingCall {
  if (carriedByItself.servers) return new ServerInterceptingCall(call);
  let frame: Frame = OUTSIDE;
  let last: Trace | undefined;
  const remember = (): void => {
    if (currentFrame() !== OUTSIDE) last = xtrace.currentTrace();
  };
  return new ServerInterceptingCall(call, {
    start(next) {
      next({
        onReceiveMetadata(metadata, proceed) {
          const carried = extract(metadata, metadataAccess);
          frame = 'problem' in carried ? ownTask() : requestFrame(carried);
          runIn(frame, proceed, undefined, [metadata]);
        },
        onReceiveMessage(message, proceed) {
          runIn(frame, proceed, undefined, [message]);
        },
        // A unary handler is called from here.
        onReceiveHalfClose(proceed) {
          runIn(frame, proceed, undefined, [], (ended) => (frame = ended));
        },
        onCancel() {},
      });
    },
    // The handler itself calls both of these, in its own strand.
    sendMessage(message, proceed) {
      remember();
      proceed(message);
    },
    sendStatus(status, proceed) {
      if (last === undefined) remember();
      const metadata = status.metadata ?? new Metadata();
      proceed({ ...status, metadata: withIds(metadata, last ?? traceIn(frame)) });
    },
  });
}

/**
 * Calls a unary method and sends the ids along: the paper's `Invoke`. For a client that was made without
 * `clientInterceptor`. `metadata` is copied and extended.
 *
 * Resolves with the response. Rejects with the `ServiceError` of the call, or with `TL_METHOD_UNKNOWN` if the
 * client has no such method.
 *
 * @example
 * const { num } = await invoke(operator, 'performOp', { num: 3 });
 */
export function invoke<Response = unknown>(
  client: Client,
  method: string,
  request: unknown,
  { metadata = new Metadata(), ...options }: CallOptions & { metadata?: Metadata } = {},
): Promise<Response> {
  const frame = currentFrame();
  const sent = xtrace.currentTrace();
  return newPromise((resolve: (value: unknown) => void, reject: (error: unknown) => void) => {
    let settle = (): void => {};
    const callback = (error: ServiceError | null, response: unknown): void => {
      settle = () => (error ? reject(error) : resolve(response));
    };
    const unary = (client as unknown as Record<string, UnaryMethod>)[method];
    if (typeof unary !== 'function') {
      const names = Object.keys(Object.getPrototypeOf(client) as object).join(', ');
      throw new ThroughlineError(
        'TL_METHOD_UNKNOWN',
        `The client has no method "${method}". Its methods: ${names || 'none'}.`,
      );
    }
    // The status, with its trailer, is emitted right after the callback.
    unary
      .call(client, request, withIds(metadata, sent), options, callback)
      .on('status', (status: StatusObject) =>
        runIn(afterAnswer(frame, sent, status.metadata), settle, undefined, []),
      );
  }) as Promise<Response>;
}

type UnaryMethod = (
  this: Client,
  request: unknown,
  metadata: Metadata,
  options: CallOptions,
  callback: (error: ServiceError | null, response: unknown) => void,
) => ClientUnaryCall;

/**
 * Continues the caller's task in the current handler: the paper's `ExtractIDs`. For a server that was made
 * without `serverInterceptor`. Call it first in a handler, with the metadata of the call.
 *
 * Sets both ids or neither. Throws `TL_METADATA_MISSING` if an id is missing, and `TL_METADATA_MALFORMED` if one
 * is not a 64-bit decimal.
 */
export function extractIds(metadata: Metadata | undefined): void {
  if (metadata === undefined) {
    throw new ThroughlineError('TL_METADATA_MISSING', 'no metadata found in context');
  }
  const carried = extract(metadata, metadataAccess);
  if (!('problem' in carried) && carried.eventIds.length > 0) {
    xtrace.continueTask(carried.taskId, carried.eventIds);
    return;
  }
  if (!('problem' in carried)) {
    throw new ThroughlineError('TL_METADATA_MISSING', 'no Event ID found in metadata');
  }
  throw new ThroughlineError(
    carried.missing ? 'TL_METADATA_MISSING' : 'TL_METADATA_MALFORMED',
    carried.problem,
  );
}

function withIds(metadata: Metadata, trace: Trace): Metadata {
  // A copy, because the caller may use its metadata for several calls.
  const copy = metadata.clone();
  inject(copy, metadataAccess, trace);
  return copy;
}

function afterAnswer(frame: Frame, sent: Trace, trailer: Metadata): Frame {
  const carried = extract(trailer, metadataAccess);
  return 'problem' in carried ? branch(frame) : answeredFrame(frame, sent, carried);
}

function ownTask(): Frame {
  return runIn(branch(OUTSIDE), () => (xtrace.startTask(), currentFrame()), undefined, []);
}

function traceIn(frame: Frame): Trace {
  return runIn(frame, () => xtrace.currentTrace(), undefined, []);
}
