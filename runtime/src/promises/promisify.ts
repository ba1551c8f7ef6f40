import { strandFrame, isPromise, openSettlement, settle, stampNew } from '../kernel/index.js';
import type { AnyMethod, Strand } from '../kernel/index.js';
import { calls } from './followed-calls.js';

/** The key of a function's own promise-returning form (Node, `util.promisify.custom`). */
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

/** Functions of `node:child_process` whose own forms say nothing of what they have begun. */
const ENDED_LATER = new Set(['exec', 'execFile']);

/** Returns a function whose promises come after the operations that its calls have begun. */
function followed(own: AnyMethod): AnyMethod {
  return new Proxy(own, {
    apply(target, self, args) {
      if (calls.follow === undefined) return Reflect.apply(target, self, args);
      let child: unknown;
      const promise = calls.follow(() => {
        const made = Reflect.apply(target, self, args);
        ({ child } = Object(made) as { child?: unknown });
        return made;
      });
      // Node puts the process beside the promise.
      if (child !== undefined) Object.assign(Object(promise) as object, { child });
      return promise;
    },
  });
}

/** Stands for `promisify(fn)`. Promises of the returned function carry the frame that calls back. */
export function callPromisify(promisify: unknown, fn: unknown, ...rest: unknown[]): unknown {
  if (typeof fn !== 'function') return (promisify as AnyMethod)(fn, ...rest);
  if (CUSTOM in fn) {
    const own = (promisify as AnyMethod)(fn, ...rest);
    return ENDED_LATER.has(fn.name) ? followed(own as AnyMethod) : own;
  }

  // The strand of the running call. Node passes its callback to `standIn` before the call returns.
  let calling: Strand | undefined;
  const standIn = new Proxy(fn, {
    apply(target, self, args: unknown[]) {
      const strand = calling;
      calling = undefined;
      const callback = args[args.length - 1];
      if (strand && typeof callback === 'function') {
        args[args.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
          settle(strand, strandFrame());
          return Reflect.apply(callback as AnyMethod, this, results);
        };
      }
      return Reflect.apply(target as AnyMethod, self, args);
    },
  });
  const inner = (promisify as AnyMethod)(standIn, ...rest) as AnyMethod;
  const outer: AnyMethod = new Proxy(inner, {
    apply(target, self, args) {
      const strand = (calling = openSettlement());
      const promise = Reflect.apply(target, self, args);
      if (isPromise(promise)) stampNew(promise, strand);
      return promise;
    },
  });
  // Node stores the new function under this key, for code that promisifies it again.
  if (Object.getOwnPropertyDescriptor(inner, CUSTOM)?.configurable) {
    Object.defineProperty(inner, CUSTOM, { value: outer, configurable: true });
  }
  return outer;
}
