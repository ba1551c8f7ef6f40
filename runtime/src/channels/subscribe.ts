import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Handlers of diagnostics channels, by the name of the channel. */
export type Handlers = Readonly<Record<string, (message: never) => void>>;

/** Subscribes to channels until the returned function is called. What a handler throws does not reach the program. */
export function listenTo(handlers: Handlers): () => void {
  const added = Object.entries(handlers).map(([name, handle]) => {
    const listener = (message: unknown): void => {
      try {
        handle(message as never);
      } catch {
        // Node would throw it again as an uncaught exception of the program.
      }
    };
    subscribe(name, listener);
    return () => unsubscribe(name, listener);
  });
  return () => added.forEach((remove) => remove());
}
