import {
  carried,
  currentFrame,
  endingOf,
  isForeign,
  OUTSIDE,
  stampNew,
  Strand,
} from './kernel/index.js';
import type { Ending, Frame } from './kernel/index.js';
import { isPromise } from './promises.js';

type Settle = (value: unknown) => unknown;
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Which parts a combinator's promise carries, once it is settled. */
type Carries = 'every part' | 'the part that settled it';

interface Rule {
  readonly fulfilled: Carries;
  readonly rejected: Carries;
}

// ECMAScript 27.2.4: what `all` rejects with is the reason of one part; `any` that is rejected has
// waited for every one.
const rules = new Map<unknown, Rule>([
  [Promise.all, { fulfilled: 'every part', rejected: 'the part that settled it' }],
  [Promise.allSettled, { fulfilled: 'every part', rejected: 'every part' }],
  [Promise.race, { fulfilled: 'the part that settled it', rejected: 'the part that settled it' }],
  [Promise.any, { fulfilled: 'the part that settled it', rejected: 'every part' }],
]);

/**
 * `Promise.all(parts)` and its kin: the promise joins every part, or the one that settled it.
 *
 * The engine's own method does the work, on a stand-in for `Promise` whose `resolve` sees each part
 * once, in order, and whose reactions say which part has settled. The parts are read once, and no
 * tick is added. Another receiver (a subclass) is left as it was.
 */
export function combine(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const rule = rules.get(method);
  if (receiver !== Promise || rule === undefined) {
    return Reflect.apply(method as Method, receiver, args);
  }

  const frame = currentFrame();
  if (!methodsHeedThis) return combinedByHand(method as Method, rule, frame, args[0]);
  const parts: Ending[] = [];
  const strand = new Strand(OUTSIDE, OUTSIDE);
  strand.adopted = parts;
  const settledBy = (part: Ending | undefined): void => {
    if (strand.outer !== undefined) strand.adopted = part;
  };

  function StandIn(executor: (resolve: Settle, reject: Settle) => void): Promise<unknown> {
    const promise = new Promise((resolve, reject) => {
      executor(
        (value) => (close(strand), resolve(value)),
        (reason) => (close(strand), reject(reason)),
      );
    });
    stampNew(promise, strand);
    return promise;
  }
  // Read once a call, when the engine reads it: an error there rejects.
  Object.defineProperty(StandIn, 'resolve', {
    get() {
      const resolve = (Promise as { resolve: unknown }).resolve;
      if (typeof resolve !== 'function') return resolve;
      return (value: unknown) => {
        const foreign = !isPromise(value) && isForeign(value) ? carried(value, frame) : undefined;
        const given = foreign ? foreign.handedOn : value;
        const promise = Reflect.apply(resolve, Promise, [given]) as Promise<unknown>;
        const part = foreign?.ending ?? (isPromise(promise) ? endingOf(promise) : undefined);
        if (part !== undefined) parts.push(part);
        return watched(promise, part, rule, settledBy);
      };
    },
  });

  return Reflect.apply(method as Method, StandIn, args);
}

/** Promises that are written in JavaScript (Hermes', React Native's) make their own, whatever `this` is. */
const methodsHeedThis = (() => {
  let isHeeded = false;
  function StandIn(executor: (resolve: Settle, reject: Settle) => void): void {
    isHeeded = true;
    executor(
      () => {},
      () => {},
    );
  }
  StandIn.resolve = (value: unknown): unknown => value;
  (Promise.all as Method).call(StandIn, []);
  return isHeeded;
})();

/** The same where parts cannot be seen on their way: they are read here, and watched beside it. */
function combinedByHand(method: Method, rule: Rule, frame: Frame, given: unknown): unknown {
  const endings: Ending[] = [];
  const strand = new Strand(OUTSIDE, OUTSIDE);
  strand.adopted = endings;
  const seen = (value: unknown): unknown => {
    const foreign = !isPromise(value) && isForeign(value) ? carried(value, frame) : undefined;
    const part = foreign ? Promise.resolve(foreign.handedOn) : value;
    const ending = foreign?.ending ?? endingOf(part);
    if (ending !== undefined) endings.push(ending);
    const settles = (carries: Carries): void => {
      if (carries === 'every part' || strand.outer === undefined) return;
      strand.adopted = ending;
      close(strand);
    };
    Promise.resolve(part).then(
      () => settles(rule.fulfilled),
      () => settles(rule.rejected),
    );
    return part;
  };

  let promise: object;
  try {
    promise = Reflect.apply(method, Promise, [
      Array.from(given as Iterable<unknown>, seen),
    ]) as object;
  } catch (error) {
    promise = Promise.reject(error as Error);
  }
  stampNew(promise, strand);
  return promise;
}

/**
 * Stands for one part: its `then` is called once, at once, by the engine. What carries every part needs
 * no word of when, and goes on as the engine's own function: async stack traces follow those.
 */
function watched(
  promise: Promise<unknown>,
  part: Ending | undefined,
  rule: Rule,
  settledBy: (part: Ending | undefined) => void,
): unknown {
  const seen = (carries: Carries, settle: Settle): Settle =>
    carries === 'every part' ? settle : (value) => (settledBy(part), settle(value));
  return {
    then(fulfil: Settle, reject: Settle): unknown {
      return promise.then(seen(rule.fulfilled, fulfil), seen(rule.rejected, reject));
    },
  };
}

/** From now on another part's settling changes nothing. */
function close(strand: Strand): void {
  strand.outer = undefined;
}
