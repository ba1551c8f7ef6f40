import { enter } from './generators.js';
import { stampNew } from './promise-stamp.js';
import { shared } from './realm.js';
import type { Strand } from './strand.js';

interface Call {
  /** The strand that its body has entered, once it runs. */
  strand: Strand | undefined;
}

/** The call whose parameters are being evaluated: their defaults may call others before its body begins. */
const calls = shared('written', { begun: undefined as Call | undefined });

/** Starts a strand at the head of the body of a function that `asWritten` stands for. */
export function enterWritten(): Strand {
  const strand = enter();
  if (calls.begun) calls.begun.strand = strand;
  calls.begun = undefined;
  return strand;
}

/**
 * Returns a stand-in for an async function that stayed as it was written, because other code reads its text: it has that text, and its
 * promise carries the strand. Takes the function as the only member of an object, which names it.
 */
export function asWritten(holder: object, key: PropertyKey): unknown {
  const own = (holder as Record<PropertyKey, unknown>)[key];
  // A minifier that renames properties knows nothing of the key.
  const written = (own ?? Object.values(holder)[0]) as (...args: never[]) => Promise<unknown>;
  // A method, which cannot be called with `new` either.
  const { standIn } = {
    standIn(this: unknown, ...args: never[]): Promise<unknown> {
      const outer = calls.begun;
      const call: Call = { strand: undefined };
      calls.begun = call;
      try {
        const promise = Reflect.apply(written, this, args);
        if (call.strand) stampNew(promise, call.strand);
        return promise;
      } finally {
        calls.begun = outer;
      }
    },
  };
  Object.setPrototypeOf(standIn, Object.getPrototypeOf(written) as object);
  const text = (): string => Function.prototype.toString.call(written);
  return Object.defineProperties(standIn, {
    name: { value: written.name, configurable: true },
    length: { value: written.length, configurable: true },
    toString: { value: text, configurable: true, writable: true },
  });
}
