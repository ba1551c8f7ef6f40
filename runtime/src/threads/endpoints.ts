import { branch, callAs, currentFrame, methodOf, OUTSIDE, runIn, shared } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { noteTrigger } from '../listeners/triggers.js';
import { pack, unpack } from './baggage.js';
import { openEnvelope, sealEnvelope } from './envelope.js';
import type { Envelope } from './envelope.js';

/** One end of a channel that instrumented code knows: a worker, a port, a worker's own global scope. */
export interface Endpoint {
  /** True if the other side opens envelopes, so that they may be sent. */
  peerOpens: boolean;
  /** The other end of the same channel, while both are in this realm. */
  readonly twin: object | undefined;
  /** Called for every envelope that arrives. */
  readonly onEnvelope?: (envelope: Envelope) => void;
  /** Returns the frame that belongs to the next plain message, if it is known. Called once per plain message. */
  readonly nextFrame?: () => Frame | undefined;
}

interface MessageEventLike {
  readonly data: unknown;
  readonly ports: readonly object[];
  stopImmediatePropagation(): void;
}

const { endpoints } = shared('endpoints', { endpoints: new WeakMap<object, Endpoint>() });

/** Returns the endpoint of a worker, port or scope, if it is known. */
export function endpointOf(end: unknown): Endpoint | undefined {
  return typeof end === 'object' && end !== null ? endpoints.get(end) : undefined;
}

/** Registers an end. From then on, arriving envelopes must be opened there. */
export function registerEndpoint(end: object, known: Partial<Endpoint> = {}): Endpoint {
  const made = { peerOpens: false, twin: undefined, ...known };
  endpoints.set(end, made);
  return made;
}

/** Stands for `receiver.postMessage(value, transfer)`. */
export function post(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const end = endpointOf(receiver ?? globalThis);
  const ports = transferred(args[1]);
  let opening: readonly number[] = [];
  if (end?.peerOpens && args.length > 0) {
    // Ports whose other end stays in this realm, where envelopes are opened.
    opening = ports.flatMap((port, index) => (twinOf(port) ? [index] : []));
    const baggage = pack(branch(currentFrame()));
    if (baggage || opening.length > 0) {
      const [value, ...rest] = args;
      args = [sealEnvelope({ value, baggage, ports: opening }), ...rest];
    }
  }
  for (const port of ports) if (endpointOf(port)?.peerOpens) sendBye(port);
  const result = callAs(receiver, method, args);
  ports.forEach((port, index) => moveAway(port, opening.includes(index)));
  return result;
}

/** Stands for `postMessage(value)` of a worker's own scope. */
export function postHere(method: unknown, ...args: unknown[]): unknown {
  return post(undefined, method, ...args);
}

/** Stands for `receiveMessageOnPort(port)`: opens and counts messages that the program receives itself. */
export function receiveMessage(receive: unknown, port: unknown, ...rest: unknown[]): unknown {
  const end = endpointOf(port);
  for (;;) {
    const result = (receive as AnyMethod)(port, ...rest) as { message: unknown } | undefined;
    if (result === undefined || end === undefined) return result;
    const arrival = openMessage(end, result.message, []);
    if (arrival === 'ours') continue;
    if (arrival === 'plain') end.nextFrame?.();
    return arrival === 'plain' ? result : { ...result, message: arrival.value };
  }
}

/** Returns the other end of a port's channel, while both are in this realm. */
function twinOf(port: object): Endpoint | undefined {
  return endpointOf(endpointOf(port)?.twin);
}

function sendBye(port: object): void {
  (port as { postMessage: AnyMethod }).postMessage(sealEnvelope({ bye: true }));
}

/** Forgets a port that was transferred. Its other end may send envelopes if the new owner opens them. */
function moveAway(port: object, isOpened: boolean): void {
  const twin = twinOf(port);
  if (twin) twin.peerOpens = isOpened;
  endpoints.delete(port);
}

/** Registers one port of a channel, so that it knows in which frames the messages of its twin were posted. */
export function linkPort(port: object, twin: object): void {
  const frames: Frame[] = [];
  const { postMessage } = twin as { postMessage: AnyMethod };
  registerEndpoint(port, {
    twin,
    nextFrame() {
      const frame = frames.shift();
      return frame === OUTSIDE ? undefined : frame;
    },
  });
  openAt(port);
  // On the port itself, because posts of uninstrumented code must be counted too.
  defineMethod(twin, 'postMessage', function (this: unknown, ...args) {
    const frame = currentFrame();
    const result = Reflect.apply(postMessage, this, args);
    if (twinOf(twin)) frames.push(frame === OUTSIDE ? frame : branch(frame));
    // If the messages are not read here, uninstrumented code has transferred the port.
    if (frames.length > MAX_WAITING) frames.length = 0;
    return result;
  });
}

/** How many frames wait for their messages before they are dropped. */
const MAX_WAITING = 4096;

/** Defines a non-enumerable method on one object. */
export function defineMethod(object: object, name: string, value: AnyMethod): void {
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}

/** Returns the ports among the objects that a message transfers. */
function transferred(given: unknown): object[] {
  const list = Array.isArray(given)
    ? given
    : (given as { transfer?: unknown } | undefined)?.transfer;
  return Array.isArray(list) ? list.filter(isPort) : [];
}

/** Returns true for a `MessagePort` of this realm. */
export function isPort(value: unknown): value is object {
  return typeof MessagePort === 'function' && value instanceof MessagePort;
}

/**
 * Opens a message that arrived at an end. Returns the program's message and its frame, `'plain'` for a message
 * without an envelope, or `'ours'` if the envelope was for the runtime only.
 */
export function openMessage(
  end: Endpoint,
  message: unknown,
  ports: readonly object[],
): { value: unknown; frame: Frame } | 'plain' | 'ours' {
  const envelope = openEnvelope(message);
  if (envelope === undefined) return 'plain';
  for (const index of envelope.ports ?? []) registerArrivedPort(ports[index]);
  end.peerOpens = !envelope.bye;
  end.onEnvelope?.(envelope);
  if (!Object.hasOwn(envelope, 'value')) return 'ours';
  return { value: envelope.value, frame: unpack(envelope.baggage) };
}

/**
 * Registers a port that arrived, and whose other end opens envelopes. This end sends envelopes only once it has
 * received one.
 */
function registerArrivedPort(port: object | undefined): void {
  if (port === undefined) return;
  registerEndpoint(port);
  openAt(port);
}

// How Node delivers a message to a port (lib/internal/per_context/messageport.js).
const DISPATCH: unique symbol = Symbol.for('nodejs.internal.kHybridDispatch') as never;
const RECEIVING: unique symbol = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts') as never;

/** Opens messages that arrive at a port or a scope, before any listener of the program sees them. */
export function openAt(end: object): void {
  if (DISPATCH in end) openAtNodePort(end as NodePort);
  else openAtTarget(end as EventTarget);
}

interface NodePort {
  [DISPATCH]: AnyFunction;
  [RECEIVING]?: readonly object[];
}

/** Opens messages in an own property of the port. A listener would start the port and keep the process alive. */
function openAtNodePort(port: NodePort): void {
  const dispatch = port[DISPATCH];
  Object.defineProperty(port, DISPATCH, {
    configurable: true,
    value(this: unknown, message: unknown, type: unknown, ...rest: unknown[]): unknown {
      const end = endpointOf(port);
      const arrival =
        type === 'message' && end ? openMessage(end, message, port[RECEIVING] ?? []) : 'plain';
      if (arrival === 'ours') return undefined;
      const isPlain = arrival === 'plain';
      const frame = isPlain ? type === 'message' && end?.nextFrame?.() : arrival.frame;
      const args = [isPlain ? message : arrival.value, type, ...rest] as never[];
      return frame ? runIn(frame, dispatch, this, args) : Reflect.apply(dispatch, this, args);
    },
  });
}

/** Opens messages in the first listener of a target, so that later listeners see the program's message. */
function openAtTarget(target: EventTarget): void {
  const open = (event: Event): void => {
    const { data, ports } = event as unknown as MessageEventLike;
    const end = endpointOf(target);
    const arrival = end ? openMessage(end, data, ports) : 'plain';
    if (arrival === 'plain') {
      const frame = end?.nextFrame?.();
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
    // workerd has no capturing listeners. Ours is still the first listener.
    target.addEventListener('message', open);
  }
}
