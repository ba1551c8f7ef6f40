import { currentFrame, isPromise, openSettlement, settle, stampNew } from '../kernel/index.js';
import type { Strand } from '../kernel/index.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** How a function says that it has a promise-giving form of its own (Node, `util.promisify.custom`). */
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

/** `promisify(fn)`: the promise carries whoever calls back. */
export function promisified(promisify: unknown, fn: unknown, ...rest: unknown[]): unknown {
  if (typeof fn !== 'function' || CUSTOM in fn) return (promisify as Method)(fn, ...rest);

  // The call that is being made: Node hands its callback to `standIn` before it returns.
  let calling: Strand | undefined;
  const standIn = new Proxy(fn, {
    apply(target, self, args: unknown[]) {
      const strand = calling;
      calling = undefined;
      const callback = args[args.length - 1];
      if (strand && typeof callback === 'function') {
        args[args.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
          settle(strand, currentFrame());
          return Reflect.apply(callback as Method, this, results);
        };
      }
      return Reflect.apply(target as Method, self, args);
    },
  });
  const inner = (promisify as Method)(standIn, ...rest) as Method;
  const outer: Method = new Proxy(inner, {
    apply(target, self, args) {
      const strand = (calling = openSettlement());
      const promise = Reflect.apply(target, self, args);
      if (isPromise(promise)) stampNew(promise, strand);
      return promise;
    },
  });
  // Node names the function that it made there, for those who promisify it again.
  if (Object.getOwnPropertyDescriptor(inner, CUSTOM)?.configurable) {
    Object.defineProperty(inner, CUSTOM, { value: outer, configurable: true });
  }
  return outer;
}
