import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, OUTSIDE, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { beginCall } from '../methods/call-operation.js';
import { notes } from '../methods/replace.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';
import { comeAfter } from '../operations/come-after.js';
import { frameAfter } from '../operations/followed.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { parseTraceParent } from '../operations/trace-context.js';
import { continueFromRequest, headersFor } from '../operations/trace-headers.js';
import {
  answeredFrame,
  carriedByItself,
  extract,
  inject,
  metadataAccess,
} from '../propagation/carrier.js';
import type { Metadata } from '../propagation/carrier.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { joinTraces } from '../xtrace/trace.js';
import type { Trace } from '../xtrace/trace.js';
import { CallMessages, MESSAGES_KEY } from './grpc-messages.js';
import { readable, writable, writableByClient } from './grpc-streams.js';

/** The end of a call, as both sides have it. */
interface Status {
  readonly code: number;
  readonly details?: string;
  readonly metadata?: Metadata | null;
}

/** The codes of gRPC, by number (gRPC, "Status codes"). */
const CODES = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND'],
  ...['ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'],
  ...['ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
  'UNAUTHENTICATED',
];
/** The codes of a call that was given up. */
const GIVEN_UP: readonly (string | undefined)[] = ['CANCELLED', 'DEADLINE_EXCEEDED'];

function outcomeOf({ code, details }: Status): Outcome {
  const name = CODES[code] ?? String(code);
  if (code === 0) return { status: 'ok', fields: { 'rpc.response.status_code': name } };
  return {
    status: GIVEN_UP.includes(name) ? 'cancelled' : 'error',
    fields: { 'rpc.response.status_code': name, 'error.type': name, 'error.message': details },
  };
}

/** `/shop.Carts/Find`, as `shop.Carts/Find`. */
function labelOf(path: string): string {
  return path.replace(/^\//, '');
}

function fieldsOf(path: string): Fields {
  return { 'rpc.system.name': 'grpc', 'rpc.method': labelOf(path) };
}

/** A call of a client, below all interceptors of the program. */
interface ClientCall {
  readonly methodDefinition: {
    readonly path: string;
    readonly requestStream: boolean;
    readonly responseStream: boolean;
  };
}

/** Gets what comes back. */
interface ClientListener {
  onReceiveMetadata?(metadata: Metadata): void;
  onReceiveMessage?(message: unknown): void;
  onReceiveStatus?(status: Status): void;
}

/** The messages of calls that are streams. */
const streams = new WeakMap<object, CallMessages>();

/** Stands for `start(metadata, listener)` of a call of a client. */
const startsCall: Replace = (method) => {
  carriedByItself.clients = true;
  return function (this: ClientCall, ...args: never[]): unknown {
    const [metadata, listener, ...more] = args as unknown as [Metadata, ClientListener?];
    const { path, requestStream, responseStream } = this.methodDefinition;
    const { operation, caller } = beginCall(labelOf(path), 'client', fieldsOf(path));
    const isStream = requestStream || responseStream;
    const stream = isStream ? new CallMessages(operation, operation.trace.latest) : undefined;
    // A copy, because the caller may use its metadata for several calls.
    const sent = metadata.clone();
    inject(sent, metadataAccess, operation.trace);
    if (sent.get('traceparent').length === 0) {
      for (const [name, value] of headersFor(operation)) {
        if (sent.get(name).length === 0) sent.set(name, value);
      }
    }
    if (stream) {
      streams.set(this, stream);
      sent.set(MESSAGES_KEY, stream.told);
    }
    const told: ClientListener = {
      onReceiveMetadata(head) {
        stream?.hear(head);
        listener?.onReceiveMetadata?.(head);
      },
      onReceiveMessage(message) {
        const frame = responseStream ? stream!.receive(caller) : undefined;
        const proceed = (): void => listener?.onReceiveMessage?.(message);
        if (frame) runIn(frame, proceed, undefined, []);
        else proceed();
      },
      onReceiveStatus(status) {
        const answered = frameAfterAnswer(caller, operation.trace, status.metadata);
        const end = (): void => {
          if (stream) comeAfter(stream.latestReceived);
          endOperation(operation, outcomeOf(status));
          listener?.onReceiveStatus?.(status);
        };
        runIn(answered, end, undefined, []);
      },
    };
    return Reflect.apply(method, this, [sent, told, ...more] as never[]);
  };
};

/** Stands for `sendMessageWithContext(context, message)` of a call of a client. */
const sendsRequest = notes((call: ClientCall) => {
  if (call.methodDefinition.requestStream) streams.get(call)?.send();
});

function frameAfterAnswer(own: Frame, sent: Trace, trailer: Metadata | null | undefined): Frame {
  const carried = trailer && extract(trailer, metadataAccess);
  return !carried || 'problem' in carried ? branch(own) : answeredFrame(own, sent, carried);
}

/** A call that is served, below all interceptors of the program. */
interface ServerCall {
  readonly handler: { readonly path: string; readonly type: string };
  readonly metadata: Metadata;
  readonly metadataSent: boolean;
}

/** Gets what the client sends. */
interface ServerListener {
  onReceiveMetadata(metadata: Metadata): void;
  onReceiveMessage(message: unknown): void;
  onReceiveHalfClose(): void;
  onCancel(): void;
}

/** A call that is being served. */
interface Served {
  readonly begun: Operation;
  /** Where what the client sends is handled. */
  frame: Frame;
  /** The trace of the code that has sent the last message. */
  last: Trace | undefined;
  /** The messages of a stream of a client that tells of its own. */
  readonly stream: CallMessages | undefined;
}

const served = new WeakMap<object, Served>();

/** Stands for `start(listener)` of a call that is served. */
const startsHandler: Replace = (method) => {
  carriedByItself.servers = true;
  return function (this: ServerCall, ...args: never[]): unknown {
    const [listener] = args as unknown as [ServerListener];
    const begin = (): Served => {
      continueFrom(this.metadata);
      const { path, type } = this.handler;
      const begun = beginOperation(labelOf(path), 'server', fieldsOf(path));
      setLocal(client.traceSlot, begun.trace);
      const stream = type === 'unary' ? undefined : heardMessages(begun, this.metadata);
      return { begun, frame: currentFrame(), last: undefined, stream };
    };
    const call = runIn(branch(OUTSIDE), begin, undefined, []);
    served.set(this, call);
    const within = (proceed: AnyFunction, given: unknown[]): unknown =>
      runIn(call.frame, proceed as never, listener, given, (ended: Frame) => (call.frame = ended));
    const told = Object.assign(Object.create(listener) as object, {
      onReceiveMetadata: (metadata: Metadata) => within(listener.onReceiveMetadata, [metadata]),
      onReceiveMessage: (message: unknown) => {
        const { frame, stream } = call;
        const own = READS[this.handler.type] ? stream?.receive(frame) : undefined;
        if (own) runIn(own, listener.onReceiveMessage as never, listener, [message]);
        else within(listener.onReceiveMessage, [message]);
      },
      // A unary handler is called from here.
      onReceiveHalfClose: () => {
        if (call.stream) call.frame = frameAfter(call.frame, call.stream.latestReceived);
        within(listener.onReceiveHalfClose, []);
      },
      onCancel: () => {
        finish(this, { code: 1, details: 'The client has gone away.' });
        listener.onCancel();
      },
    });
    return Reflect.apply(method, this, [told] as never[]);
  };
};

/** Returns the messages of a call whose client tells of its own. */
function heardMessages(begun: Operation, metadata: Metadata): CallMessages | undefined {
  const stream = new CallMessages(begun);
  stream.hear(metadata);
  return stream.isHeard ? stream : undefined;
}

/** The types of handlers that get a stream. */
const READS: Readonly<Record<string, boolean>> = { clientStream: true, bidi: true };
/** Those that answer with one. */
const WRITES: Readonly<Record<string, boolean>> = { serverStream: true, bidi: true };

/** Continues the task of a caller, which has sent `traceparent`, or the keys of X-Trace only. */
function continueFrom(metadata: Metadata): void {
  const header = (name: string): string | undefined => {
    const [value] = metadata.get(name);
    return value === undefined ? undefined : String(value);
  };
  const carried = extract(metadata, metadataAccess);
  if ('problem' in carried || parseTraceParent(header('traceparent'))) continueFromRequest(header);
  else client.continueTask(carried.taskId, carried.eventIds);
}

/** Notes what a handler has reached when it sends a message: it calls the method itself. */
const sendsMessage = notes((call: ServerCall) => {
  const known = served.get(call);
  noteLast(known);
  if (WRITES[call.handler.type]) known?.stream?.send();
});

/** Stands for `sendMetadata(metadata)`: the head of the answer to a stream tells that messages are events here. */
const sendsMetadata: Replace = (method) =>
  function (this: ServerCall, ...args: never[]): unknown {
    const [metadata] = args as readonly unknown[] as [Metadata?];
    const stream = served.get(this)?.stream;
    if (stream === undefined || this.metadataSent) return Reflect.apply(method, this, args);
    const told = metadata?.clone() ?? emptyLike(this.metadata);
    told.set(MESSAGES_KEY, stream.told);
    return Reflect.apply(method, this, [told] as never[]);
  };

/** A stream on which a handler writes. Below it are the interceptors of the program, and the call itself. */
interface WritableCall {
  readonly call: object;
}

/** Notes what a handler has reached when it ends its stream. What is sent then is sent by the stream. */
const endsStream = notes(({ call }: WritableCall) => {
  let at: object | undefined = call;
  while (at !== undefined && !served.has(at)) at = (at as { nextCall?: object }).nextCall;
  noteLast(at && served.get(at));
});

function noteLast(call: Served | undefined): void {
  if (call && currentFrame() !== OUTSIDE) call.last = client.currentTrace();
}

/** Stands for `sendStatus(status)` of a call that is served. The trailer brings back the last event. */
const sendsStatus: Replace = (method) =>
  function (this: ServerCall, ...args: never[]): unknown {
    const [status] = args as unknown as [Status];
    const ended = finish(this, status);
    if (ended === undefined) return Reflect.apply(method, this, args);
    const trailer = status.metadata?.clone() ?? emptyLike(this.metadata);
    inject(trailer, metadataAccess, ended);
    return Reflect.apply(method, this, [{ ...status, metadata: trailer }] as never[]);
  };

/** Ends the operation of a call that is served, once. Returns the trace after that. */
function finish(call: ServerCall, status: Status): Trace | undefined {
  const known = served.get(call);
  if (known === undefined || !served.delete(call)) return undefined;
  const { begun, frame, last, stream } = known;
  const here = currentFrame() === OUTSIDE ? frame : currentFrame();
  const end = (): Trace => {
    const reached = joinTraces(last ?? begun.trace, client.currentTrace());
    setLocal(client.traceSlot, joinTraces(reached, stream?.latest));
    endOperation(begun, outcomeOf(status));
    return client.currentTrace();
  };
  return runIn(branch(here), end, undefined, []);
}

function emptyLike(metadata: Metadata): Metadata {
  return new (metadata.constructor as new () => Metadata)();
}

export const grpc: LibraryMethods = {
  '@grpc/grpc-js BaseInterceptingCall': {
    start: startsCall,
    sendMessageWithContext: sendsRequest,
  },
  '@grpc/grpc-js BaseServerInterceptingCall': {
    start: startsHandler,
    sendMetadata: sendsMetadata,
    sendMessage: sendsMessage,
    sendStatus: sendsStatus,
  },
  '@grpc/grpc-js ClientDuplexStreamImpl': { ...readable, ...writableByClient },
  '@grpc/grpc-js ClientReadableStreamImpl': readable,
  '@grpc/grpc-js ClientWritableStreamImpl': writableByClient,
  '@grpc/grpc-js ServerDuplexStreamImpl': { ...readable, ...writable, end: endsStream },
  '@grpc/grpc-js ServerReadableStreamImpl': readable,
  '@grpc/grpc-js ServerWritableStreamImpl': { ...writable, end: endsStream },
};
