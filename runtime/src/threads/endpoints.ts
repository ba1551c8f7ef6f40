import { callAs, methodOf } from '../call.js';
import { currentFrame, runIn } from '../current.js';
import type { AnyFunction } from '../current.js';
import { branch } from '../frame.js';
import type { Frame } from '../frame.js';
import { noteTrigger } from '../triggers.js';
import { pack, unpack } from './cargo.js';
import { opened, sealed } from './envelope.js';
import type { Envelope } from './envelope.js';

/** One end of a channel that compiled code knows: a worker, a port, a worker's own global scope. */
export interface Endpoint {
  /** The other side opens envelopes, so they may be sent. */
  peerOpens: boolean;
  /** The other end of the same channel, while both are in this realm. */
  readonly twin: object | undefined;
  /** Compiled code listens here, so the port stays in this realm. */
  isListenedTo: boolean;
  /** Called with what the runtime of the other side says. */
  readonly told?: (envelope: Envelope) => void;
  /** The frame that goes along with the next plain message, where that is known. */
  readonly plain?: () => Frame | undefined;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
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
  const made = { peerOpens: false, twin: undefined, isListenedTo: false, ...known };
  endpoints.set(end, made);
  return made;
}

/** Compiled code listens to a target. */
export function noteListening(target: object): void {
  const known = endpoints.get(target);
  if (known === undefined) return;
  known.isListenedTo = true;
  const twin = endpointOf(known.twin);
  if (twin) twin.peerOpens = true;
}

/** `receiver.postMessage(value, transfer)`. */
export function post(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  method = methodOf(receiver, method);
  const end = endpointOf(receiver ?? globalThis);
  const ports = transferred(args[1]);
  const opening = ports.flatMap((port, index) => (endpointOf(port)?.twin ? [index] : []));
  if (end?.peerOpens && args.length > 0) {
    const cargo = pack(branch(currentFrame()));
    if (cargo || opening.length > 0) {
      const [value, ...rest] = args;
      args = [sealed({ value, cargo, ports: opening }), ...rest];
    }
  }
  const result = callAs(receiver, method, args);
  for (const port of ports) moveAway(port);
  return result;
}

/** `postMessage(value)` of a worker's own scope. */
export function postHere(method: unknown, ...args: unknown[]): unknown {
  return post(undefined, method, ...args);
}

/** A port that was sent away: its other end has to learn anew who is there. */
function moveAway(port: object): void {
  const twin = endpointOf(endpointOf(port)?.twin);
  if (twin) twin.peerOpens = false;
  endpoints.delete(port);
}

/** The ports among what a message transfers. */
function transferred(given: unknown): object[] {
  const list = Array.isArray(given)
    ? given
    : (given as { transfer?: unknown } | undefined)?.transfer;
  return Array.isArray(list) ? list.filter(isPort) : [];
}

function isPort(value: unknown): value is object {
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
  if (envelope.hello) end.peerOpens = true;
  end.told?.(envelope);
  if (!Object.hasOwn(envelope, 'value')) return 'ours';
  return { value: envelope.value, frame: unpack(envelope.cargo) };
}

/** A port has arrived whose other end opens envelopes, and is told that this one does too. */
function welcome(port: object | undefined): void {
  if (port === undefined) return;
  endpoint(port, { peerOpens: true });
  openAt(port);
  (port as { postMessage: Method }).postMessage(sealed({ hello: true }));
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
  target.addEventListener('message', (event) => {
    const { data, ports } = event as unknown as MessageEventLike;
    const end = endpointOf(target);
    const arrival = end ? arrived(end, data, ports) : 'plain';
    if (arrival === 'plain') return;
    if (arrival === 'ours') {
      event.stopImmediatePropagation();
      return;
    }
    Object.defineProperty(event, 'data', { value: arrival.value, configurable: true });
    noteTrigger(event, arrival.frame);
  });
}
