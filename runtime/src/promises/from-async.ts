import { spawnAlike } from '../callbacks/spawn.js';
import { currentFrame, runIn } from '../kernel/index.js';
import type { AnyMethod, Frame } from '../kernel/index.js';

/** The class of every async generator, which no global names. */
const asyncGenerators = Object.getPrototypeOf(async function* () {}) as { prototype?: object };

/**
 * Stands for `Array.fromAsync(items, map, thisArg)`. The engine awaits between the steps, so that it would call `map`, and
 * an async generator, without context: both get that of the call.
 */
export function fromAsync(method: unknown, ...args: unknown[]): unknown {
  // Not taken apart by a pattern: that would use the iterators of arrays, which a program may have replaced.
  if (args.length > 0) args[0] = stepsIn(currentFrame(), args[0]);
  if (args.length > 1) args[1] = spawnAlike(args[1]);
  return Reflect.apply(method as AnyMethod, Array, args);
}

/** Returns an iterable that takes the steps of an async generator in a frame. Other values stay as they are. */
function stepsIn(frame: Frame, items: unknown): unknown {
  const { prototype } = asyncGenerators;
  if (typeof items !== 'object' || items === null || !prototype) return items;
  if (!Object.prototype.isPrototypeOf.call(prototype, items)) return items;
  const generator = items as AsyncGenerator;
  const stepped =
    (take: AnyMethod): AnyMethod =>
    (...args) =>
      runIn(frame, take as never, generator, args);
  const iterator = {
    next: stepped(generator.next as AnyMethod),
    return: stepped(generator.return as AnyMethod),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
