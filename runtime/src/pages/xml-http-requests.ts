import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { noteTrigger } from '../listeners/triggers.js';
import { attempt } from '../operations/attempt.js';
import { answered, beginRequest, withoutQuery } from '../operations/http.js';
import { endOperation } from '../operations/operation-events.js';
import type { Operation, Outcome } from '../operations/operation-events.js';
import { headersFor, joinResponse, RESPONSE_HEADER } from '../operations/trace-headers.js';
import { isOffered, MESSAGES_HEADER } from '../operations/websocket-header.js';
import { client } from '../xtrace/log.js';

/** What is known of a request before it is sent. */
interface Opened {
  readonly method: string;
  readonly url: URL;
  readonly isSync: boolean;
  /** The names of headers that the program has set. */
  readonly headers: Set<string>;
  sent?: Sent | undefined;
}

interface Sent {
  readonly begun: Operation;
  readonly frame: Frame;
  /** The frame after the end, whose listeners come after it. */
  ended?: Frame;
}

/** What is told of a request, in the order in which the first of them comes. */
const EVENTS = ['readystatechange', 'error', 'abort', 'timeout', 'progress', 'load', 'loadend'];
/** The events after which there is no answer, and how the operation has ended then. */
const FAILURES: Readonly<Record<string, Outcome>> = {
  abort: { status: 'cancelled', fields: { 'error.type': 'AbortError' } },
  error: { status: 'error', fields: { 'error.type': 'NetworkError' } },
  timeout: { status: 'cancelled', fields: { 'error.type': 'TimeoutError' } },
};
/** The states of a request that can be sent, and of one whose answer's head has come (XMLHttpRequest, "state"). */
const OPENED = 1;
const HEADERS_RECEIVED = 2;

const opened = new WeakMap<XMLHttpRequest, Opened>();

/**
 * Makes requests by `XMLHttpRequest` operations, in the place of its methods and handlers. `isPeer` tells which addresses get the id of the
 * task, and `isMessagePeer` which of another origin may be asked where their messages come from: they must allow the header.
 */
export function watchXmlHttpRequests(
  isPeer: (url: URL) => boolean,
  isMessagePeer: (url: URL) => boolean = () => false,
): void {
  const isTold = (url: URL): boolean => url.origin === location.origin || isMessagePeer(url);
  if (typeof XMLHttpRequest !== 'function') return;
  const { prototype } = XMLHttpRequest;
  before(prototype, 'open', (request, [method, url, isAsync = true]) => {
    const known = {
      ...{ method: String(method).toUpperCase(), url: new URL(String(url), document.baseURI) },
      ...{ isSync: !isAsync, headers: new Set<string>() },
    };
    listenFirst(request);
    // It gives up what is on its way.
    const { sent } = opened.get(request) ?? {};
    if (sent) finish(sent, FAILURES['abort']!);
    opened.set(request, known);
  });
  before(prototype, 'addEventListener', listenFirst);
  for (const name of EVENTS) beforeHandler(prototype, `on${name}`, listenFirst);
  before(prototype, 'setRequestHeader', (request, [name]) => {
    opened.get(request)?.headers.add(String(name).toLowerCase());
  });
  const { send } = prototype;
  replace(prototype, 'send', function (this: XMLHttpRequest, ...args: unknown[]): unknown {
    const known = opened.get(this);
    // Twice, or before it is open, it cannot be sent.
    const isReady = known && known.sent === undefined && this.readyState === OPENED;
    const sent = isReady ? attempt(() => begin(this, known, { isPeer, isTold })) : undefined;
    try {
      return Reflect.apply(send, this, args as never[]) as unknown;
    } finally {
      // Nothing is told of a synchronous one before it is over.
      if (sent && known?.isSync) {
        attempt(() => finish(sent, outcomeOf(this, sent), told(this)));
        if (sent.ended) setLocal(client.traceSlot, sent.ended.get(client.traceSlot));
      }
    }
  });
}

function begin(
  request: XMLHttpRequest,
  known: Opened,
  { isPeer, isTold }: Record<'isPeer' | 'isTold', (url: URL) => boolean>,
): Sent {
  const { method, url, headers } = known;
  const begun = beginRequest(method, url.host, withoutQuery(url.pathname));
  const frame = branch(currentFrame()).with(client.traceSlot, begun.trace);
  if (isPeer(url) && !headers.has('traceparent')) {
    const carry = (): void => {
      for (const [name, value] of headersFor(begun)) {
        if (!headers.has(name)) request.setRequestHeader(name, value);
      }
      if (isTold(url) && isOffered({ path: url.search }))
        request.setRequestHeader(MESSAGES_HEADER, '1');
    };
    attempt(() => runIn(frame, carry, undefined, []));
  }
  return (known.sent = { begun, frame });
}

/** Those that we listen to. */
const heard = new WeakSet<XMLHttpRequest>();

/**
 * Ends the operation with the first event that tells how, and has the listeners of that and of later ones come after it. The program's
 * listeners are called later than ours if they are added later.
 */
function listenFirst(request: XMLHttpRequest): void {
  if (heard.has(request)) return;
  heard.add(request);
  const hear = (event: Event): void => {
    const sent = opened.get(request)?.sent;
    if (sent === undefined) return;
    if (sent.ended === undefined) {
      const failed = FAILURES[event.type];
      if (failed) finish(sent, failed);
      // An answer of 0 is none, and one of the failures follows.
      else if (request.readyState < HEADERS_RECEIVED || request.status === 0) return;
      else finish(sent, outcomeOf(request, sent), told(request));
    }
    if (sent.ended) noteTrigger(event, sent.ended);
  };
  for (const type of EVENTS) request.addEventListener(type, hear);
}

function outcomeOf({ status }: XMLHttpRequest, { begun }: Sent): Outcome {
  return status === 0 ? FAILURES['error']! : answered(begun.label, status);
}

function finish(sent: Sent, outcome: Outcome, header?: string): void {
  if (sent.ended) return;
  const end = (): Frame => {
    joinResponse(sent.begun, header);
    endOperation(sent.begun, outcome);
    return currentFrame();
  };
  const ended = attempt(() => runIn(branch(sent.frame), end, undefined, []));
  if (ended) sent.ended = ended;
}

/** Returns what the answer tells of. Asking for one header that the browser hides would be an error on the console. */
function told(request: XMLHttpRequest): string | undefined {
  const line = new RegExp(`^${RESPONSE_HEADER}: *(.*)$`, 'im').exec(
    request.getAllResponseHeaders(),
  );
  return line?.[1];
}

/** Calls `then` before a method. */
function before(
  prototype: XMLHttpRequest,
  name: 'addEventListener' | 'open' | 'setRequestHeader',
  then: (request: XMLHttpRequest, args: readonly unknown[]) => void,
): void {
  const method = prototype[name] as Method;
  replace(prototype, name, function (this: XMLHttpRequest, ...args: unknown[]): unknown {
    attempt(() => then(this, args));
    return Reflect.apply(method, this, args as never[]);
  });
}

/** Calls `then` before a handler is assigned: `request.onload = f`. */
function beforeHandler(
  prototype: XMLHttpRequest,
  name: string,
  then: (request: XMLHttpRequest) => void,
): void {
  let holder: object | null = prototype;
  while (holder !== null && !Object.hasOwn(holder, name)) {
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  const property = holder && Object.getOwnPropertyDescriptor(holder, name);
  if (!property?.set) return;
  const { set } = property;
  Object.defineProperty(prototype, name, {
    ...property,
    set(this: XMLHttpRequest, value: unknown) {
      attempt(() => then(this));
      set.call(this, value);
    },
  });
}

type Method = (this: XMLHttpRequest, ...args: unknown[]) => unknown;

function replace(prototype: XMLHttpRequest, name: keyof XMLHttpRequest, standIn: Method): void {
  const { length } = prototype[name] as Method;
  Object.defineProperties(standIn, { name: { value: name }, length: { value: length } });
  const value = { value: standIn, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(prototype, name, value);
}
