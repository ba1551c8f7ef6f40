import { branch, runIn } from '../kernel/index.js';
import type { AnyFunction, AnyMethod, Frame } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';

/**
 * Has listeners of an object come after the operation that it stands for. `end` is called for each event until it returns the frame after
 * the end: listeners of that event, and of later ones, run in it.
 */
export function emitAfter(
  emitter: object,
  end: (name: unknown, args: readonly unknown[]) => Frame | undefined,
): void {
  const emit = Reflect.get(emitter, 'emit') as AnyMethod;
  let ended: Frame | undefined;
  const standIn = function (this: unknown, name: unknown, ...args: unknown[]): unknown {
    ended ??= attempt(() => end(name, args));
    const given = [name, ...args] as never[];
    return ended
      ? runIn(branch(ended), emit as AnyFunction, this, given)
      : Reflect.apply(emit, this, given);
  };
  Object.defineProperty(emitter, 'emit', { value: standIn, configurable: true, writable: true });
}
