import { runIn } from '../kernel/index.js';
import type { AnyFunction, Frame } from '../kernel/index.js';
import { copyFunctionShape } from '../callbacks/spawn.js';
import { messageFrame } from './message-event.js';
import { noteTrigger } from '../listeners/triggers.js';
import { attempt } from '../operations/attempt.js';
import { continueFromMessage } from '../operations/messages.js';
import type { Carried } from '../operations/messages.js';
import { constructedBy, hear, replaceGetter, replaceGlobalClass } from './replace-global-class.js';
import { readText, textBefore } from './socket-texts.js';

/** What is known of a WebSocket of the platform that offers its server to say where messages come from. */
export interface Opening {
  readonly url: URL;
  /** How texts begin that say it. */
  readonly mark: string;
  /** True once the server has agreed. */
  isAgreed: boolean;
  /** The subprotocol that the program is shown, if the server has answered another name. */
  protocol?: string | undefined;
  /** Where the next message comes from, if the other side has said so. */
  sender?: Carried | undefined;
}

/** What a socket is opened with. */
export interface Opened {
  readonly opening: Opening;
  readonly args: readonly unknown[];
  /** The frame in which it is opened. */
  readonly frame: Frame;
}

/** How sockets of a platform agree with their servers. */
export interface Agreement {
  /** Returns what a socket is opened with; undefined for one that carries nothing. */
  open(args: readonly unknown[]): Opened | undefined;
  /** Called when a socket is open, before the program is told. */
  opened(opening: Opening, protocol: string): void;
}

const openings = new WeakMap<object, Opening>();

/**
 * Has the WebSockets that the program makes with the platform's class say where their messages come from, and has listeners of messages come
 * after those who have sent them.
 */
export function watchSockets(agreement: Agreement): void {
  replaceGlobalClass('WebSocket', (original) => {
    const { prototype } = original as unknown as typeof WebSocket;
    const protocolOf = replaceGetter(
      prototype,
      'protocol',
      (socket, given) => openings.get(socket)?.protocol ?? given,
    );
    if (protocolOf === undefined) return original;
    replaceSend(prototype);
    return constructedBy<WebSocket>(original, (args, construct) => {
      const made = attempt(() => agreement.open(args));
      if (made === undefined) return construct();
      const { opening, frame } = made;
      const socket = runIn(frame, construct as never, undefined, [
        made.args,
      ] as never[]) as WebSocket;
      openings.set(socket, opening);
      attempt(() =>
        listenFirst(socket, opening, () => agreement.opened(opening, protocolOf(socket))),
      );
      return socket;
    });
  });
}

/** Listens before the program can. */
function listenFirst(socket: WebSocket, opening: Opening, opened: () => void): void {
  hear(socket, 'open', opened);
  hear(socket, 'message', (event) => {
    if (!opening.isAgreed) return;
    const { data } = event as MessageEvent<unknown>;
    const told = typeof data === 'string' ? readText(opening.mark, data) : undefined;
    if (told === undefined) return noteMessage(event, opening);
    event.stopImmediatePropagation();
    opening.sender = told.sender;
  });
}

/** Has the listeners of a message come after an event for it, in the task of its sender. What comes without one is the listener's. */
function noteMessage(event: Event, opening: Opening): void {
  const { sender, url } = opening;
  opening.sender = undefined;
  if (sender === undefined) return;
  const label = `message ${url.pathname}`;
  noteTrigger(
    event,
    messageFrame(label, MESSAGE_FIELDS, () => continueFromMessage(sender)),
  );
}

/** The fields of an event for a message. */
export const MESSAGE_FIELDS = { 'network.protocol.name': 'websocket' };

function replaceSend(prototype: WebSocket): void {
  const send = prototype.send as AnyFunction;
  const standIn = function (this: WebSocket, ...args: never[]): unknown {
    const opening = openings.get(this);
    if (opening?.isAgreed && this.readyState === OPEN) {
      attempt(() => Reflect.apply(send, this, [textBefore(opening.mark)] as never[]));
    }
    return Reflect.apply(send, this, args);
  };
  const value = copyFunctionShape(standIn as unknown as AnyFunction, send);
  const plain = { writable: true, enumerable: true, configurable: true };
  Object.defineProperty(prototype, 'send', { value, ...plain });
}

const OPEN = 1;
