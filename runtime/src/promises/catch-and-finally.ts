import { adopt, adoptEnding, endingOf, methodOf, react } from '../kernel/index.js';
import type { AnyMethod, Reaction, Strand } from '../kernel/index.js';
import { foreign, isNativePromise, reactionTo, stampIfNew } from './chain.js';

// Read once, as in chain.ts. Both call the `then` of their receiver, which may be a subclass's.
const nativeCatch = Promise.prototype.catch as AnyMethod;
const nativeFinally = Promise.prototype.finally as AnyMethod;

/** Stands for `receiver.catch(callback)`, as `chain` does for `then`. */
export function chainCatch(receiver: unknown, method: unknown, onRejected?: unknown): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeCatch || !isNativePromise(receiver))
    return foreign(receiver, method, arguments);

  const strand = reactionTo(receiver);
  const result = nativeCatch.call(
    receiver,
    typeof onRejected === 'function'
      ? (error: unknown) => react(strand, onRejected as Reaction, error)
      : onRejected,
  ) as object;
  return stampIfNew(result, strand);
}

/** Stands for `receiver.finally(callback)`. The returned promise also takes over the ending of `receiver`. */
export function chainFinally(receiver: unknown, method: unknown, onSettled?: unknown): unknown {
  method = methodOf(receiver, method);
  if (method !== nativeFinally || !isNativePromise(receiver)) {
    return foreign(receiver, method, arguments);
  }

  const strand = reactionTo(receiver);
  const result = nativeFinally.call(
    receiver,
    typeof onSettled === 'function'
      ? () => react(strand, () => (onSettled as () => unknown)(), undefined, handOnCleanUp)
      : onSettled,
  ) as object;
  return stampIfNew(result, strand);
}

/** Adopts the result of a `finally` callback. Promises are not wrapped: `finally` compares constructors (27.2.5.3). */
function handOnCleanUp(strand: Strand, result: unknown): unknown {
  if (!isNativePromise(result)) return adopt(strand, result);
  adoptEnding(strand, endingOf(result));
  return result;
}
