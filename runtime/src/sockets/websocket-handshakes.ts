import type { Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { isEngine, MESSAGES_HEADER } from '../operations/websocket-header.js';
import { agreedName, LONGEST_TEXT, readOffer, refusedName } from './socket-texts.js';
import type { Offer } from './socket-texts.js';

// How the two sides of a WebSocket agree to say where messages come from: by a header, or with pages by the name of a subprotocol.

/** The head of a request, or of an answer (Node, "http.IncomingMessage"). */
export interface Head {
  readonly url?: string;
  readonly headers: Record<string, string | readonly string[] | undefined>;
}

/** By pongs, or by texts that begin with a mark. */
export type Telling = 'pongs' | { readonly mark: string };

/** Returns the mark of a connection: the first 16 hex digits of its key (RFC 6455, section 4.1), which is random. */
export function markOf(key: string): string {
  return Buffer.from(key, 'base64').toString('hex').slice(0, 16).padEnd(16, '0');
}

/**
 * Returns what the header says for a connection, in both directions. It names the connection by its key: a gateway that copies the headers of its
 * client to a connection of its own has another key, and knows nothing of us.
 */
export function headerFor(how: 'pongs' | 'texts', key: unknown): string {
  return `${how} ${markOf(String(key))}`;
}

/** What is known of a request that a server is about to answer with an upgrade. */
export interface Upgraded {
  readonly request: Head;
  readonly by: Telling | undefined;
  /** What the answer says, if the client has asked by a header. */
  readonly header?: string;
  /** What a page has asked for. */
  readonly offered?: Offered | undefined;
}

/** What a page has asked for by names of subprotocols, and whether its program has names of its own. */
interface Offered {
  readonly offer: Offer;
  readonly hasOwn: boolean;
}

const PROTOCOLS = 'sec-websocket-protocol';
const offers = new WeakMap<Head, Offered>();

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
  const { offer, others } = read;
  offers.set(request, { offer, hasOwn: others !== undefined });
  if (others === undefined) delete request.headers[PROTOCOLS];
  else request.headers[PROTOCOLS] = others;
}

/** Returns what a client has asked for, if it can be had. `maxPayload` is the most bytes of a message; 0 for any number. */
export function upgradeOf(request: Head, { maxPayload = 0 }: { maxPayload?: number }): Upgraded {
  const offered = offers.get(request);
  // Socket.IO has messages of its own, and calls their listeners later.
  if (isEngine(request.url)) return { request, by: undefined, offered };
  const hasRoom = maxPayload <= 0 || maxPayload >= LONGEST_TEXT;
  const texts = (mark: string): Telling | undefined => (hasRoom ? { mark } : undefined);
  if (offered) return { request, by: texts(offered.offer.mark), offered };
  const { [MESSAGES_HEADER]: header, 'sec-websocket-key': key } = request.headers;
  if (header === headerFor('pongs', key)) return { request, by: 'pongs', header };
  if (header !== headerFor('texts', key)) return { request, by: undefined };
  return { request, by: texts(markOf(String(key))), header };
}

/** Has the head of an answer, a list of lines, agree to what the client has asked for. */
export function agree(head: string[], { by, header, offered }: Upgraded): void {
  if (offered) agreeWithPage(head, by !== undefined, offered);
  else if (by && header !== undefined) head.push(`${MESSAGES_HEADER}: ${header}`);
}

function agreeWithPage(head: string[], isAgreed: boolean, { offer, hasOwn }: Offered): void {
  const answer = (name: string): string => `Sec-WebSocket-Protocol: ${name}`;
  const at = head.findIndex((line) => line.toLowerCase().startsWith(`${PROTOCOLS}:`));
  if (at !== -1) {
    const chosen = head[at]!.slice(PROTOCOLS.length + 1).trim();
    if (isAgreed) head[at] = answer(agreedName(offer, chosen));
    // A program that has offered names, and gets none, is to fail.
  } else if (!hasOwn) {
    head.push(answer(isAgreed ? agreedName(offer, undefined) : refusedName(offer)));
  }
}

/** Returns true for a head. */
export function isHead(value: unknown): value is Head {
  const { url, headers } = Object(value) as Partial<Head>;
  return typeof url === 'string' && typeof headers === 'object';
}
