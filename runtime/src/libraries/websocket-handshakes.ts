import { attempt } from '../operations/attempt.js';
import { isEngine, MESSAGES_HEADER } from '../operations/websocket-header.js';
import type { Replace } from './replace.js';
import { agreedName, isMark, LONGEST_TEXT, readOffer } from './socket-texts.js';
import type { Offer } from './socket-texts.js';

// How a server of the package ws agrees with its clients: by a header, or with pages by the name of a subprotocol.

/** The head of a request, or of an answer (Node, "http.IncomingMessage"). */
export interface Head {
  readonly url?: string;
  readonly headers: Record<string, string | readonly string[] | undefined>;
}

/** How both sides say where messages come from: by pongs, or by texts that begin with the mark. */
export type Telling = 'pongs' | { readonly mark: string };

/** A request that a server is about to answer with an upgrade. */
export interface Upgraded {
  readonly request: Head;
  readonly by: Telling | undefined;
}

/** What the header of a handshake says for pongs. It is a mark for texts. */
export const PONGS = '1';

const PROTOCOLS = 'sec-websocket-protocol';

/** What pages have offered by names of subprotocols. */
const offers = new WeakMap<Head, Offer>();

/** Stands for `handleUpgrade(request, …)` of a server: the program sees the names of subprotocols that it knows. */
export const takesOffer: Replace = (method) =>
  function (this: unknown, ...args: never[]): unknown {
    const [request] = args as readonly unknown[];
    if (isHead(request)) attempt(() => takeOffer(request));
    return Reflect.apply(method, this, args);
  };

function takeOffer(request: Head): void {
  const { [PROTOCOLS]: names } = request.headers;
  const read = typeof names === 'string' ? readOffer(names) : undefined;
  if (read === undefined) return;
  offers.set(request, read.offer);
  if (read.others === undefined) delete request.headers[PROTOCOLS];
  else request.headers[PROTOCOLS] = read.others;
}

/** Returns how messages of a connection are to be told, if its client has asked for it. `maxPayload` is the most bytes of a message; 0 for any number. */
export function upgradeOf(request: Head, { maxPayload = 0 }: { maxPayload?: number }): Upgraded {
  const asked = offers.get(request)?.mark ?? request.headers[MESSAGES_HEADER];
  const hasRoom = maxPayload <= 0 || maxPayload >= LONGEST_TEXT;
  // Socket.IO has messages of its own, and calls their listeners later.
  if (isEngine(request.url)) return { request, by: undefined };
  if (asked === PONGS) return { request, by: 'pongs' };
  return { request, by: isMark(asked) && hasRoom ? { mark: asked } : undefined };
}

/** Returns where a page says that its connection comes from. */
export function originOf(request: Head): string | undefined {
  return offers.get(request)?.traceparent;
}

/** Has the head of an answer, a list of lines, agree to what the client has asked for. */
export function agree(head: string[], { request, by }: Upgraded): void {
  if (by === undefined) return;
  const offer = offers.get(request);
  if (offer === undefined) {
    head.push(`${MESSAGES_HEADER}: ${by === 'pongs' ? PONGS : by.mark}`);
    return;
  }
  const at = head.findIndex((line) => line.toLowerCase().startsWith(`${PROTOCOLS}:`));
  const chosen = head[at]?.slice(PROTOCOLS.length + 1).trim();
  head.splice(
    at === -1 ? head.length : at,
    1,
    `Sec-WebSocket-Protocol: ${agreedName(offer, chosen)}`,
  );
}

/** Returns true for a head. */
export function isHead(value: unknown): value is Head {
  const { url, headers } = Object(value) as Partial<Head>;
  return typeof url === 'string' && typeof headers === 'object';
}
