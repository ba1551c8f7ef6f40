import type { Frame } from '../kernel/index.js';
import { comeAfter } from '../operations/come-after.js';
import { whenSettled } from '../operations/settled.js';
import { client } from '../xtrace/log.js';
import type { Replace } from './replace.js';

/**
 * Stands for `[Symbol.asyncIterator]()` and `iterator(options)` of a stream: a loop comes after each message that it gets. `frameOf` returns the
 * frame of the message of a step.
 */
export function iterates<S extends object>(
  frameOf: (stream: S, step: IteratorResult<unknown>) => Frame | undefined,
): Replace {
  return (method) =>
    function (this: S, ...args: never[]): unknown {
      const iterator = Reflect.apply(method, this, args) as AsyncIterator<unknown>;
      const { next } = iterator;
      const nextHere = (...given: never[]): Promise<unknown> =>
        whenSettled(
          Reflect.apply(next, iterator, given),
          (step) =>
            comeAfter(frameOf(this, step as IteratorResult<unknown>)?.get(client.traceSlot)),
          () => {},
        );
      Object.defineProperty(iterator, 'next', { value: nextHere, ...HIDDEN });
      return iterator;
    } as never;
}

const HIDDEN = { writable: true, configurable: true, enumerable: false };
