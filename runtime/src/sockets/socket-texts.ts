import { readSender, senderText } from '../methods/message-event.js';
import type { Carried } from '../operations/messages.js';
import { newEventId } from '../xtrace/ids.js';

// WebSockets of the platform can neither send nor show a pong. There, the text that says where a message comes from is a message of its own before it,
// which begins with a mark of the connection. Both sides know the mark from the handshake, and take such texts out.

/** Returns the mark of a new connection: 16 random hex digits. */
export function newMark(): string {
  return newEventId();
}

/** Returns true for a mark. */
export function isMark(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

/** Returns the text to send before a message that is sent now: at most 77 characters. */
export function textBefore(mark: string): string {
  return `${mark} ${senderText()}`;
}

/** The most bytes that such a text has. */
export const LONGEST_TEXT = 128;

/** Reads what was received; undefined for a message of the program. */
export function readText(mark: string, data: string): { sender: Carried | undefined } | undefined {
  if (!data.startsWith(`${mark} `)) return undefined;
  return { sender: readSender(data.slice(mark.length + 1)) };
}

// A page cannot set a header. It offers names of subprotocols, after its own (RFC 6455, section 1.9): `throughline.MARK.TRACEPARENT` stands for none,
// and `throughline.MARK.TRACEPARENT+chat` for its own `chat`. Servers that do not know them choose one of its own. One that knows them, and agrees to nothing, answers
// `throughline.MARK.TRACEPARENT-` where a browser would give up a connection without a name.

/** Names of subprotocols by which a page asks for texts. */
export interface Offer {
  readonly mark: string;
  /** Where the connection comes from. */
  readonly traceparent: string | undefined;
  /** How its names begin. */
  readonly prefix: string;
}

/** Returns the offer of a page. */
export function newOffer(mark: string, traceparent?: string): Offer {
  return { mark, traceparent, prefix: `throughline.${mark}.${traceparent ?? ''}` };
}

/** Returns the names that a page offers, with those of the program. */
export function namesOf(offer: Offer, own: readonly string[]): string[] {
  const agreed = [undefined, ...own].map((name) => agreedName(offer, name));
  return [...own, ...agreed, refusedName(offer)];
}

/** Returns the name by which a server agrees, if the program there has chosen the name `chosen`, or none. */
export function agreedName({ prefix }: Offer, chosen: string | undefined): string {
  return chosen === undefined ? prefix : `${prefix}+${chosen}`;
}

/** Returns the name by which a server agrees to nothing. */
export function refusedName({ prefix }: Offer): string {
  return `${prefix}-`;
}

/** Reads the name that a server has answered: that which the program there has chosen, empty for none, and if it agrees. */
export function readAnswer(
  { prefix }: Offer,
  name: string,
): { readonly chosen: string; readonly isAgreed: boolean } {
  if (!name.startsWith(prefix)) return { chosen: name, isAgreed: false };
  const rest = name.slice(prefix.length);
  return { chosen: rest.slice(1), isAgreed: rest !== '-' };
}

/** Reads the header `Sec-WebSocket-Protocol`. Returns the offer, and the header without it, which is undefined if no name is left. */
export function readOffer(
  header: string,
): { offer: Offer; others: string | undefined } | undefined {
  const names = header.split(',').map((name) => name.trim());
  const [, mark, traceparent] = names.map((name) => OFFER.exec(name)).find((found) => found) ?? [];
  if (mark === undefined) return undefined;
  const offer = newOffer(mark, traceparent);
  const others = names.filter((name) => !name.startsWith(offer.prefix));
  return { offer, others: others.length > 0 ? others.join(', ') : undefined };
}

const OFFER = /^throughline\.([0-9a-f]{16})\.([0-9a-f-]{55})?$/;
