import { branch, callAs, currentFrame, methodOf, OUTSIDE, runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { noteTrigger } from '../listeners/triggers.js';
import { pack, unpack } from './baggage.js';
import { opened, sealed } from './envelope.js';
import type { Envelope } from './envelope.js';

/** One end of a channel that compiled code knows: a worker, a port, a worker's own global scope. */
export interface Endpoint {
  /** The other side opens envelopes, so they may be sent. */
  peerOpens: boolean;
  /** The other end of the same channel, while both are in this realm. */
  readonly twin: object | undefined;
  /** Called with what the runtime of the other side says. */
  readonly told?: (envelope: Envelope) => void;
  /** The frame that goes along with the next plain message, where that is known. */
  readonly plain?: () => Frame | undefined;
}

export type Method = (this: unknown, ...args: unknown[]) => unknown;
interface MessageEventLike {
  readonly data: unknown;
  readonly ports: readonly object[];
  stopImmediatePropagation(): void;
}

const endpoints = new WeakMap<object, Endpoint>();

export function endpointOf(end: unknown): Endpoint | undefined {
  return typeof end === 'object' && end !== null ? endpoints.get(end) : undefined;
}

/** Makes an end known. From then on it has to open what arrives. */
export function endpoint(end: object, known: Partial<Endpoint> = {}): Endpoint {
  const made = { peerOpens: false, twin: undefined, ...known };
  endpoints.set(end, made);
  return made;
}

/** `receiver.postMessage(value, transfer)`. */
export function post(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const end = endpointOf(receiver ?? globalThis);
  const ports = transferred(args[1]);
  let opening: readonly number[] = [];
  if (end?.peerOpens && args.length > 0) {
    // A port whose other end stays here, where envelopes are opened.
    opening = ports.flatMap((port, index) => (twinOf(port) ? [index] : []));
    const cargo = pack(branch(currentFrame()));
    if (cargo || opening.length > 0) {
      const [value, ...rest] = args;
      args = [sealed({ value, cargo, ports: opening }), ...rest];
    }
  }
  for (const port of ports) if (endpointOf(port)?.peerOpens) sayBye(port);
  const result = callAs(receiver, method, args);
  ports.forEach((port, index) => moveAway(port, opening.includes(index)));
  return result;
}

/** `postMessage(value)` of a worker's own scope. */
export function postHere(method: unknown, ...args: unknown[]): unknown {
  return post(undefined, method, ...args);
}

/** `receiveMessageOnPort(port)`: what is taken by hand is opened, and counted, too. */
export function received(receive: unknown, port: unknown, ...rest: unknown[]): unknown {
  const end = endpointOf(port);
  for (;;) {
    const result = (receive as Method)(port, ...rest) as { message: unknown } | undefined;
    if (result === undefined || end === undefined) return result;
    const arrival = arrived(end, result.message, []);
    if (arrival === 'ours') continue;
    if (arrival === 'plain') end.plain?.();
    return arrival === 'plain' ? result : { ...result, message: arrival.value };
  }
}

/** The other end of a channel, while both are in this realm. */
function twinOf(port: object): Endpoint | undefined {
  return endpointOf(endpointOf(port)?.twin);
}

function sayBye(port: object): void {
  (port as { postMessage: Method }).postMessage(sealed({ bye: true }));
}

/** A port was sent away; where the side it went to opens envelopes, its other end may send them. */
function moveAway(port: object, isOpened: boolean): void {
  const twin = twinOf(port);
  if (twin) twin.peerOpens = isOpened;
  endpoints.delete(port);
}

/** The two ports of a channel: each knows in which frames the other one's messages were posted. */
export function pair(port: object, twin: object): void {
  const frames: Frame[] = [];
  const { postMessage } = twin as { postMessage: Method };
  endpoint(port, {
    twin,
    plain() {
      const frame = frames.shift();
      return frame === OUTSIDE ? undefined : frame;
    },
  });
  openAt(port);
  // Whoever posts: the frames are counted.
  own(twin, 'postMessage', function (this: unknown, ...args) {
    const frame = currentFrame();
    const result = Reflect.apply(postMessage, this, args);
    if (twinOf(twin)) frames.push(frame === OUTSIDE ? frame : branch(frame));
    // Nobody reads there: the port was sent away by code that is not compiled.
    if (frames.length > MAX_WAITING) frames.length = 0;
    return result;
  });
}

const MAX_WAITING = 4096;

/** A property of this one object, which no enumeration shows. */
export function own(object: object, name: string, value: Method): void {
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}

/** The ports among what a message transfers. */
function transferred(given: unknown): object[] {
  const list = Array.isArray(given)
    ? given
    : (given as { transfer?: unknown } | undefined)?.transfer;
  return Array.isArray(list) ? list.filter(isPort) : [];
}

export function isPort(value: unknown): value is object {
  return typeof MessagePort === 'function' && value instanceof MessagePort;
}

/**
 * Opens what arrives at an end: says what goes to the program and in which frame, or that it was for
 * the runtime alone.
 */
export function arrived(
  end: Endpoint,
  message: unknown,
  ports: readonly object[],
): { value: unknown; frame: Frame } | 'plain' | 'ours' {
  const envelope = opened(message);
  if (envelope === undefined) return 'plain';
  for (const index of envelope.ports ?? []) welcome(ports[index]);
  end.peerOpens = !envelope.bye;
  end.told?.(envelope);
  if (!Object.hasOwn(envelope, 'value')) return 'ours';
  return { value: envelope.value, frame: unpack(envelope.cargo) };
}

/**
 * A port has arrived whose other end opens envelopes, where it is now. It is sent some once it has sent
 * one itself.
 */
function welcome(port: object | undefined): void {
  if (port === undefined) return;
  endpoint(port);
  openAt(port);
}

// How Node hands a message to a port (lib/internal/per_context/messageport.js).
const DISPATCH: unique symbol = Symbol.for('nodejs.internal.kHybridDispatch') as never;
const RECEIVING: unique symbol = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts') as never;

/** Opens what arrives at a port or a scope, before anybody else sees it. */
export function openAt(end: object): void {
  if (DISPATCH in end) openAtNodePort(end as NodePort);
  else openAtTarget(end as EventTarget);
}

interface NodePort {
  [DISPATCH]: AnyFunction;
  [RECEIVING]?: readonly object[];
}

/** An own property of this one port: a listener would start it, and keep the process alive. */
function openAtNodePort(port: NodePort): void {
  const dispatch = port[DISPATCH];
  Object.defineProperty(port, DISPATCH, {
    configurable: true,
    value(this: unknown, message: unknown, type: unknown, ...rest: unknown[]): unknown {
      const end = endpointOf(port);
      const arrival =
        type === 'message' && end ? arrived(end, message, port[RECEIVING] ?? []) : 'plain';
      if (arrival === 'ours') return undefined;
      const isPlain = arrival === 'plain';
      const frame = isPlain ? type === 'message' && end?.plain?.() : arrival.frame;
      const args = [isPlain ? message : arrival.value, type, ...rest] as never[];
      return frame ? runIn(frame, dispatch, this, args) : Reflect.apply(dispatch, this, args);
    },
  });
}

/** The first listener of a target: those after it see the program's message. */
function openAtTarget(target: EventTarget): void {
  const open = (event: Event): void => {
    const { data, ports } = event as unknown as MessageEventLike;
    const end = endpointOf(target);
    const arrival = end ? arrived(end, data, ports) : 'plain';
    if (arrival === 'plain') {
      const frame = end?.plain?.();
      if (frame) noteTrigger(event, frame);
      return;
    }
    if (arrival === 'ours') {
      event.stopImmediatePropagation();
      return;
    }
    Object.defineProperty(event, 'data', { value: arrival.value, configurable: true });
    noteTrigger(event, arrival.frame);
  };
  try {
    target.addEventListener('message', open, { capture: true });
  } catch {
    // workerd knows no capture; ours is the first listener all the same.
    target.addEventListener('message', open);
  }
}
