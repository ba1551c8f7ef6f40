import { getMaxListeners, setMaxListeners } from 'node:events';
import { register } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { streamHeader } from '../sockets/event-stream-texts.js';
import { newMark } from '../sockets/socket-texts.js';
import { watchEventSources } from '../sockets/standard-event-sources.js';
import { watchSockets } from '../sockets/standard-sockets.js';
import type { SocketState } from '../sockets/standard-sockets.js';
import { headerFor, markOf } from '../sockets/websocket-handshakes.js';

// Node's own classes WebSocket and EventSource. They agree with their servers by a header of their request.

/** An object of those classes that is connecting. */
export interface Connecting {
  readonly url: URL;
  /** The mark of a stream. */
  readonly mark: string;
  /** That of a socket. */
  readonly socket?: SocketState;
  /** True once its request is made. What its listeners ask for is not its own. */
  isAsked: boolean;
}

const connecting = register<Connecting | undefined>(undefined);

/** Has Node's own classes take the task of a message along. */
export function watchWebClasses(): void {
  watchSockets((args) => {
    const url = new URL(String(args[0]));
    const socket = { url, mark: '', isAgreed: false };
    const frame = frameWith({ url, mark: '', socket, isAsked: false });
    return { state: socket, args, frame, listened: allowListener };
  });
  watchEventSources((args) => {
    const known = { url: new URL(String(args[0])), mark: newMark(), isAsked: false };
    const lost = (): void => void (known.isAsked = false);
    return { ...known, args, frame: frameWith(known), lost, listened: allowListener };
  });
}

function frameWith(known: Connecting): Frame {
  return currentFrame().with(connecting, known);
}

/** Ours does not count among those of which Node warns that they are many. */
function allowListener(target: EventTarget): void {
  const limit = getMaxListeners(target);
  if (limit > 0) setMaxListeners(limit + 1, target);
}

/** A request that may be that of such an object. */
interface Asking {
  readonly isUpgrade: boolean;
  /** The host, with its port unless it is that of the protocol. */
  readonly host: string;
  /** The path with its query. */
  readonly path: string;
  /** Returns a header. */
  readonly header: (name: string) => string | undefined;
}

/** What a request asks for. */
export interface Asked {
  /** The header that says so. */
  readonly header: string;
  /** Called with the header of the answer to an upgrade. */
  readonly answered: (header: string | undefined) => void;
}

/** Returns the object that is connecting in a frame. */
export function connectingIn(frame: Frame): Connecting | undefined {
  return frame.get(connecting);
}

/** Returns what a request asks for, if it is made by an object that is connecting. */
export function askedBy(known: Connecting, request: Asking): Asked | undefined {
  if (known.isAsked || !isOf(known, request)) return undefined;
  known.isAsked = true;
  const { socket, mark } = known;
  if (socket === undefined) return { header: streamHeader(mark, request.host), answered() {} };
  const key = request.header('sec-websocket-key');
  const header = headerFor('texts', key);
  socket.mark = markOf(String(key));
  return { header, answered: (answer) => void (socket.isAgreed = answer === header) };
}

function isOf({ url, socket }: Connecting, { isUpgrade, host, path, header }: Asking): boolean {
  if (url.host !== host || url.pathname + url.search !== path) return false;
  return socket ? isUpgrade : !isUpgrade && header('accept') === 'text/event-stream';
}
