import type { AnyFunction, Frame } from '../kernel/index.js';
import { WEBSOCKET_FIELDS } from '../methods/message-event.js';
import { replaceMethod } from '../methods/replace.js';
import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import type { Carried } from '../operations/messages.js';
import { hear, noteMessage } from './heard-messages.js';
import { constructedBy, replaceGetter, replaceGlobalClass } from './replace-global-class.js';
import { readText, textBefore } from './socket-texts.js';

/** What is known of a WebSocket of the platform that asks its server to say where messages come from. */
export interface SocketState {
  readonly url: URL;
  /** How texts begin that say it. Node knows it when it has made the request. */
  mark: string;
  /** True once the server has agreed. */
  isAgreed: boolean;
  /** The subprotocol that the program is shown, if the server has answered another name. */
  protocol?: string | undefined;
  /** Where the next message comes from, if the other side has said so. */
  sender?: Carried | undefined;
}

/** What a socket is opened with. */
export interface OpenedSocket {
  readonly state: SocketState;
  readonly args: readonly unknown[];
  /** The frame in which it is opened. */
  readonly frame: Frame;
  /** Called when it is open, before the program is told, with the name of the subprotocol that the server has answered. */
  readonly opened?: (protocol: string) => void;
  /** Called with the socket once we listen to it. */
  readonly listened?: (socket: EventTarget) => void;
}

const states = new WeakMap<object, SocketState>();

/**
 * Has the WebSockets that the program makes with the platform's class say where their messages come from, and has listeners of messages come
 * after those who have sent them. `open` returns what one is opened with; undefined for one that asks for nothing.
 */
export function watchSockets(open: (args: readonly unknown[]) => OpenedSocket | undefined): void {
  replaceGlobalClass('WebSocket', (original) => {
    const { prototype } = original as unknown as typeof WebSocket;
    const protocolOf = replaceGetter(
      prototype,
      'protocol',
      (socket, given) => states.get(socket)?.protocol ?? given,
    );
    if (protocolOf === undefined) return original;
    replaceMethod(prototype, 'send', sends);
    return constructedBy<WebSocket>(original, (given) => {
      const known = open(given);
      if (known === undefined) return undefined;
      const { state, args, frame, opened, listened } = known;
      const made = (socket: WebSocket): void => {
        states.set(socket, state);
        hear(socket, 'open', () => opened?.(protocolOf(socket)));
        hear(socket, 'message', (event) => takeMessage(event, state));
        listened?.(socket);
      };
      return { args, frame, made };
    });
  });
}

function takeMessage(event: Event, state: SocketState): void {
  if (!state.isAgreed) return;
  const { data } = event as MessageEvent<unknown>;
  const told = typeof data === 'string' ? readText(state.mark, data) : undefined;
  if (told) event.stopImmediatePropagation();
  else noteMessage(event, state.url, WEBSOCKET_FIELDS, state.sender);
  state.sender = told?.sender;
}

/** Stands for `send(data)`. */
const sends: Replace = (method) =>
  function (this: WebSocket, ...args: never[]): unknown {
    const state = states.get(this);
    if (state?.isAgreed && this.readyState === OPEN) {
      attempt(() =>
        Reflect.apply(method as AnyFunction, this, [textBefore(state.mark)] as never[]),
      );
    }
    return Reflect.apply(method, this, args);
  } as never;

const OPEN = 1;
