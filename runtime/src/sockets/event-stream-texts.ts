import { senderText } from '../methods/message-event.js';
import { isMark } from './socket-texts.js';

// A stream of server-sent events (HTML, "server-sent events") says where its next messages come from by an event of its own, whose type has a mark. Listeners
// of other types are not told of it. The client has chosen the mark, and sent it in a header, or at the end of the address where it can set no header.

/** The part of an address that has the mark, and after it where the request comes from. */
const QUERY = 'throughline-messages';
const OFFER = /[?&]throughline-messages=([0-9a-f]{16})(?:\.([0-9a-f-]{55}))?$/;

/**
 * Returns what the header says. It names the server that is asked: a gateway that copies the headers of its client to a request of its own, and
 * reads the stream, knows nothing of us.
 */
export function streamHeader(mark: string, host: string): string {
  return `${mark}@${host}`;
}

/** Returns the mark in such a header, if it is for this server. */
export function readStreamHeader(value: unknown, host: string | undefined): string | undefined {
  const [mark = '', ...rest] = typeof value === 'string' ? value.split('@') : [];
  return isMark(mark) && rest.join('@') === host ? mark : undefined;
}

/** What a client has asked for in an address. */
export interface StreamOffer {
  readonly mark: string;
  readonly traceparent: string | undefined;
  /** The address without it. */
  readonly url: string;
}

/** Returns what an address gets at its end. */
export function offerFor(url: string, mark: string, traceparent: string | undefined): string {
  return `${url.includes('?') ? '&' : '?'}${QUERY}=${[mark, traceparent].filter(Boolean).join('.')}`;
}

/** Reads an address; undefined for one without an offer. */
export function readStreamOffer(url = ''): StreamOffer | undefined {
  const [text, mark, traceparent] = OFFER.exec(url) ?? [];
  if (text === undefined || mark === undefined) return undefined;
  return { mark, traceparent, url: url.slice(0, -text.length) };
}

/** Returns the type of events that say it. */
export function typeOf(mark: string): string {
  return `throughline.${mark}`;
}

/** Returns the event to send before a message that is sent now. */
export function eventBefore(mark: string): string {
  return `event: ${typeOf(mark)}\ndata: ${senderText()}\n\n`;
}
