import { register } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { newMark } from '../libraries/socket-texts.js';
import { watchSockets } from '../libraries/standard-sockets.js';
import type { Opening } from '../libraries/standard-sockets.js';

/** The socket of Node's own class that is being opened, whose request has not been made yet. */
const opening = register<Opening | undefined>(undefined);
const asked = new WeakSet<Opening>();

/** Has sockets of Node's own class `WebSocket` take the task of a message along. They agree by a header of their request. */
export function watchNodeSockets(): void {
  watchSockets({
    open(args) {
      const [url] = args;
      const made = { url: new URL(String(url)), mark: newMark(), isAgreed: false };
      return { opening: made, args, frame: currentFrame().with(opening, made) };
    },
    opened() {},
  });
}

/** Returns the socket that a request is made for, if it is of that class. */
export function openingOf(frame: Frame): Opening | undefined {
  const known = frame.get(opening);
  // What its listeners open later is another one.
  if (known === undefined || asked.has(known)) return undefined;
  asked.add(known);
  return known;
}
