import { subscribe } from 'node:diagnostics_channel';
import { attempt } from '../operations/attempt.js';

/** Handlers of diagnostics channels, by the name of the channel. */
export type Handlers = Readonly<Record<string, (message: never) => void>>;

/** Subscribes to channels for as long as the process lives. What a handler throws does not reach the program. */
export function listenTo(handlers: Handlers): void {
  for (const [name, handle] of Object.entries(handlers)) {
    subscribe(name, (message) => {
      // Node would throw an error again as an uncaught exception of the program.
      attempt(() => handle(message as never));
    });
  }
}
