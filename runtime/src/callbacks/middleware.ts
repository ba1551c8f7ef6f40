import { copyFunctionShape, spawn } from './spawn.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Wraps an HTTP handler of an uninstrumented library. The `next` callback that it receives continues in the frame
 * in which the handler was called, no matter where `next` is called from.
 */
export function middleware<H>(handler: H): H {
  if (typeof handler !== 'function') return handler;
  const inner = handler as unknown as Handler;
  function handle(this: unknown, ...args: unknown[]): unknown {
    const last = args.length - 1;
    if (typeof args[last] === 'function') args[last] = spawn(args[last]);
    return Reflect.apply(inner, this, args);
  }
  return copyFunctionShape(handle as unknown as H, handler);
}
