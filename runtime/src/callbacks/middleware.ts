import { alike, spawn } from './spawn.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Stands for an HTTP handler of a library that is not compiled: the `next` that it is handed goes on in
 * the frame in which the handler was called, wherever it is called from.
 */
export function middleware<H>(handler: H): H {
  if (typeof handler !== 'function') return handler;
  const inner = handler as unknown as Handler;
  function handle(this: unknown, ...args: unknown[]): unknown {
    const last = args.length - 1;
    if (typeof args[last] === 'function') args[last] = spawn(args[last]);
    return Reflect.apply(inner, this, args);
  }
  return alike(handle as unknown as H, handler);
}
