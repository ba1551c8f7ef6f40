import { getLocal, register } from '../faces/slots.js';
import { shared } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';

/**
 * The header by which the two sides of a socket agree, in the request for it and in the answer, that they say where each message comes from. Only a
 * client whose own methods read that offers it: others would show it to their programs.
 */
export const MESSAGES_HEADER = 'throughline-messages';

const { requests } = shared('message-offers', { requests: new WeakSet<object>() });

/** True while a client of Socket.IO opens its connection, by any transport. */
const opening = register(false);

/** Notes that a request opens a WebSocket of a client that reads where messages come from. */
export function offerIn(request: object): void {
  requests.add(request);
}

/** Returns a frame in which such a client of Socket.IO opens its connection. */
export function offeringFrame(frame: Frame): Frame {
  return frame.with(opening, true);
}

/** Returns true for a request that is to offer it. */
export function isOffered(request: { readonly path: string }): boolean {
  return isEngine(request.path) ? getLocal(opening) : requests.has(request);
}

/** Returns true for the address of a connection of Socket.IO. */
export function isEngine(path = ''): boolean {
  return /[?&]EIO=\d/.test(path);
}
