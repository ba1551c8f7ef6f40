import { strandFrame, isPromise, openSettlement, settle, stampNew } from '../kernel/index.js';
import type { AnyMethod, Strand } from '../kernel/index.js';
import { calls } from './followed-calls.js';

/** The key of a function's own promise-returning form (Node, `util.promisify.custom`). */
const CUSTOM = Symbol.for('nodejs.util.promisify.custom');

/** Each function that stands for a platform's own form, by that form: who asks twice gets the same one, as without us. */
const standIns = new WeakMap<AnyMethod, AnyMethod>();

/** Returns a function whose promises come after the operations that its calls have begun. */
function followed(own: AnyMethod): AnyMethod {
  let standIn = standIns.get(own);
  if (standIn === undefined) {
    standIn = new Proxy(own, { apply: followOwn });
    standIns.set(own, standIn);
  }
  return standIn;
}

function followOwn(own: AnyMethod, self: unknown, args: unknown[]): unknown {
  if (calls.follow === undefined) return Reflect.apply(own, self, args);
  let made: unknown;
  const promise = calls.follow(() => (made = Reflect.apply(own, self, args)));
  // Node puts the process beside the promise.
  const { child } = Object(made) as { child?: unknown };
  return child === undefined ? promise : Object.assign(Object(promise) as object, { child });
}

/** Stands for `promisify(fn)`. Promises of the returned function carry the frame that calls back. */
export function callPromisify(promisify: unknown, fn: unknown, ...rest: unknown[]): unknown {
  if (typeof fn !== 'function') return (promisify as AnyMethod)(fn, ...rest);
  if (CUSTOM in fn) {
    const own = (promisify as AnyMethod)(fn, ...rest);
    return calls.isEndedLater?.(fn) ? followed(own as AnyMethod) : own;
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
