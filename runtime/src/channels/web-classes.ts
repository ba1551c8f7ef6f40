import { register } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import type { Frame } from '../kernel/index.js';
import { newMark } from '../libraries/socket-texts.js';
import { watchEventSources } from '../libraries/standard-event-sources.js';
import { watchSockets } from '../libraries/standard-sockets.js';
import type { Opening } from '../libraries/standard-sockets.js';

// Node's own classes WebSocket and EventSource. They agree with their servers by a header of their request.

/** An object of those classes, and what it asks the server for. */
interface Asking {
  readonly mark: string;
  /** That of a socket, which makes one request. Streams make them again. */
  readonly opening?: Opening;
  isAsked?: boolean;
}

/** What is being opened, whose request has not been made yet. */
const asking = register<Asking | undefined>(undefined);

/** Has Node's own classes take the task of a message along. */
export function watchWebClasses(): void {
  watchSockets({
    open(args) {
      const mark = newMark();
      const opening = { url: new URL(String(args[0])), mark, isAgreed: false };
      return { opening, args, frame: currentFrame().with(asking, { mark, opening }) };
    },
    opened() {},
  });
  watchEventSources((args) => {
    const mark = newMark();
    const url = new URL(String(args[0]));
    return { url, mark, args, added: '', frame: currentFrame().with(asking, { mark }) };
  });
}

/** Returns what a request asks for, if it is made by one of these classes. `accept` returns the type that it wants. */
export function askingOf(
  frame: Frame,
  isUpgrade: boolean,
  accept: () => string | undefined,
): Asking | undefined {
  const known = frame.get(asking);
  if (known === undefined || (known.opening !== undefined) !== isUpgrade) return undefined;
  if (isUpgrade && known.isAsked) return undefined;
  known.isAsked = true;
  return isUpgrade || accept() === 'text/event-stream' ? known : undefined;
}
