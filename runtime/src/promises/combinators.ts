import {
  closeSettlement,
  currentFrame,
  endingOf,
  isForeign,
  openSettlement,
  settleBy,
  stampNew,
  wrapThenable,
} from '../kernel/index.js';
import type { Ending, Frame } from '../kernel/index.js';
import { isNativePromise } from './chain.js';

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
  const outer = combination;
  combination = new Combination(rule, frame);
  try {
    return Reflect.apply(method as Method, StandIn, args);
  } finally {
    combination = outer;
  }
}

/** One call of a combinator. */
class Combination {
  readonly parts: Ending[] = [];
  readonly strand = openSettlement(this.parts);
  /** `Promise.resolve` as it was when the call began. */
  resolve: unknown = undefined;

  constructor(
    readonly rule: Rule,
    readonly frame: Frame,
  ) {}
}

/** The call that is running: the engine makes its promise, and reads every part, before it returns. */
let combination: Combination | undefined;

function StandIn(executor: (resolve: Settle, reject: Settle) => void): Promise<unknown> {
  const call = combination!;
  const promise = new Promise((resolve, reject) => {
    executor(
      (value) => (closeSettlement(call.strand), resolve(value)),
      (reason) => (closeSettlement(call.strand), reject(reason)),
    );
  });
  stampNew(promise, call.strand);
  return promise;
}
// Read once a call, when the engine reads it: an error there rejects.
Object.defineProperty(StandIn, 'resolve', {
  get() {
    const { resolve } = Promise as { resolve: unknown };
    combination!.resolve = resolve;
    return typeof resolve === 'function' ? resolvePart : resolve;
  },
});

function resolvePart(value: unknown): unknown {
  const call = combination!;
  const foreign =
    !isNativePromise(value) && isForeign(value) ? wrapThenable(value, call.frame) : undefined;
  const given = foreign ? foreign.value : value;
  const promise = Reflect.apply(call.resolve as Method, Promise, [given]) as Promise<unknown>;
  const ending = foreign?.ending ?? (isNativePromise(promise) ? endingOf(promise) : undefined);
  if (ending !== undefined) call.parts.push(ending);
  return new Part(call, promise, ending);
}

/**
 * Stands for one part: its `then` is called once, at once, by the engine. What carries every part needs
 * no word of when, and goes on as the engine's own function: async stack traces follow those.
 */
class Part {
  constructor(
    private readonly call: Combination,
    private readonly promise: Promise<unknown>,
    private readonly ending: Ending | undefined,
  ) {}

  then(fulfil: Settle, reject: Settle): unknown {
    const { fulfilled, rejected } = this.call.rule;
    return this.promise.then(this.seen(fulfilled, fulfil), this.seen(rejected, reject));
  }

  private seen(carries: Carries, settle: Settle): Settle {
    if (carries === 'every part') return settle;
    const { call, ending } = this;
    return (value) => (settleBy(call.strand, ending), settle(value));
  }
}

/** Promises that are written in JavaScript (Hermes', React Native's) make their own, whatever `this` is. */
const methodsHeedThis = (() => {
  let isHeeded = false;
  function Heeding(executor: (resolve: Settle, reject: Settle) => void): void {
    isHeeded = true;
    executor(
      () => {},
      () => {},
    );
  }
  Heeding.resolve = (value: unknown): unknown => value;
  (Promise.all as Method).call(Heeding, []);
  return isHeeded;
})();

/** The same where parts cannot be seen on their way: they are read here, and watched beside it. */
function combinedByHand(method: Method, rule: Rule, frame: Frame, given: unknown): unknown {
  const endings: Ending[] = [];
  const strand = openSettlement(endings);
  const seen = (value: unknown): unknown => {
    const foreign =
      !isNativePromise(value) && isForeign(value) ? wrapThenable(value, frame) : undefined;
    const part = foreign ? Promise.resolve(foreign.value) : value;
    const ending = foreign?.ending ?? endingOf(part);
    if (ending !== undefined) endings.push(ending);
    const settles = (carries: Carries): void => {
      if (carries === 'every part') return;
      settleBy(strand, ending);
      closeSettlement(strand);
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
