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
import type { AnyMethod, Ending, Frame, Strand } from '../kernel/index.js';
import { isNativePromise } from './chain.js';
import { keepPart, noteParts } from './combinator-parts.js';
import type { CombinatorPart, PartState } from './combinator-parts.js';

type Settle = (value: unknown) => unknown;
type Outcome = 'fulfilled' | 'rejected';

/** The parts whose endings a combinator's promise carries once it is settled. */
type Carries = 'every part' | 'the part that settled it';

interface CombinatorRule {
  readonly fulfilled: Carries;
  readonly rejected: Carries;
}

// ECMAScript 27.2.4: `all` rejects with the reason of one part; `any` rejects only after every part has.
const rules = new Map<unknown, CombinatorRule>([
  [Promise.all, { fulfilled: 'every part', rejected: 'the part that settled it' }],
  [Promise.allSettled, { fulfilled: 'every part', rejected: 'every part' }],
  [Promise.race, { fulfilled: 'the part that settled it', rejected: 'the part that settled it' }],
  [Promise.any, { fulfilled: 'the part that settled it', rejected: 'every part' }],
]);

/**
 * Stands for `Promise.all(parts)` and the other combinators: the promise joins every part, or the one that
 * settled it.
 *
 * The engine's own method does the work, on a replacement for `Promise` whose `resolve` sees each part once, in
 * order, and whose reactions note which part has settled. The parts are read once, and no tick is added. Other
 * receivers (subclasses) get the call as the program wrote it.
 */
export function combine(receiver: unknown, method: unknown, ...args: unknown[]): unknown {
  const rule = rules.get(method);
  if (receiver !== Promise || rule === undefined) {
    return Reflect.apply(method as AnyMethod, receiver, args);
  }

  const frame = currentFrame();
  if (!methodsHeedThis) return combinedByHand(method as AnyMethod, rule, frame, args[0]);
  const outer = combination;
  combination = new Combination(method, rule, frame);
  try {
    return Reflect.apply(method as AnyMethod, StandIn, args);
  } finally {
    combination = outer;
  }
}

/** One call of a combinator. */
class Combination {
  readonly parts: Ending[] = [];
  readonly strand = openSettlement(this.parts);
  readonly list: CombinatorPart[] = [];
  /** `Promise.resolve` as it was when the call began. */
  resolve: unknown = undefined;

  constructor(
    readonly method: unknown,
    readonly rule: CombinatorRule,
    readonly frame: Frame,
  ) {}
}

/** The running call. The engine makes the promise and reads every part before the call returns. */
let combination: Combination | undefined;

function StandIn(executor: (resolve: Settle, reject: Settle) => void): Promise<unknown> {
  /** Forgotten when it is settled: a part that lives longer keeps the functions below. */
  let open: { readonly call: Combination; readonly by: Record<Outcome, Settle> } | undefined;
  const settle =
    (outcome: Outcome): Settle =>
    (value) => {
      if (open === undefined) return;
      const { call: over, by } = open;
      open = undefined;
      noteParts(over, over.method, outcome, value);
      closeSettlement(over.strand);
      by[outcome](value);
    };
  const promise = new Promise((fulfilled, rejected) => {
    open = { call: combination!, by: { fulfilled, rejected } };
    executor(settle('fulfilled'), settle('rejected'));
  });
  stampNew(promise, combination!.strand);
  return promise;
}
// Read once per call, when the engine reads it, because an error there must reject.
Object.defineProperty(StandIn, 'resolve', {
  get() {
    const { resolve } = Promise as { resolve: unknown };
    combination!.resolve = resolve;
    return typeof resolve === 'function' ? resolvePart : resolve;
  },
});

function resolvePart(value: unknown): unknown {
  const call = combination!;
  const foreign = isWrapped(value) ? wrapThenable(value, call.frame) : undefined;
  const given = foreign ? foreign.value : value;
  const promise = Reflect.apply(call.resolve as AnyMethod, Promise, [given]) as Promise<unknown>;
  const known = isNativePromise(promise) ? endingOf(promise) : undefined;
  const ending = foreign?.ending ?? known ?? endingOf(value);
  if (ending !== undefined) call.parts.push(ending);
  const part = new Part(call.strand, promise, ending);
  keepPart(call, part);
  return part;
}

/** Returns true for a part whose `then` the engine calls later, and which may begin its work there. */
function isWrapped(value: unknown): value is object {
  if (!isForeign(value) || endingOf(value) !== undefined) return false;
  return !isNativePromise(value) || isLazy(value);
}

/** Returns true for a promise of a subclass with a `then` of its own. Runs no getter. */
function isLazy(promise: Promise<unknown>): boolean {
  const then = dataOf(promise, 'then');
  if (typeof then !== 'function' || then === Promise.prototype.then) return false;
  return dataOf(promise, 'constructor') !== Promise;
}

/** Returns the value of a data property, also of an inherited one; undefined for a getter. */
function dataOf(value: object, name: string): unknown {
  let at: object | null = value;
  while (at !== null && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at) as object | null;
  return at === null ? undefined : Object.getOwnPropertyDescriptor(at, name)!.value;
}

/**
 * Wraps one part. The engine calls its `then` once, at once. If the promise carries every part, it does not matter
 * which one settled, and the engine's own function is passed on, because async stack traces follow it.
 */
class Part implements CombinatorPart {
  state: PartState = 'pending';

  constructor(
    private strand: Strand | undefined,
    readonly promise: Promise<unknown>,
    readonly ending: Ending | undefined,
  ) {}

  then(fulfil: Settle, reject: Settle): unknown {
    const { fulfilled, rejected } = combination!.rule;
    return this.promise.then(
      this.seen('fulfilled', fulfilled, fulfil),
      this.seen('rejected', rejected, reject),
    );
  }

  leave(): void {
    this.strand = undefined;
  }

  private seen(state: PartState, carries: Carries, settle: Settle): Settle {
    if (carries === 'every part') return settle;
    return (value) => {
      this.state = state;
      if (this.strand !== undefined) settleBy(this.strand, this.ending);
      settle(value);
    };
  }
}

/** False if combinators ignore `this`, as in promises implemented in JavaScript (Hermes, React Native). */
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
  (Promise.all as AnyMethod).call(Heeding, []);
  return isHeeded;
})();

/** Combines where the engine's combinators ignore `this`: reads the parts here, and watches each one separately. */
function combinedByHand(
  method: AnyMethod,
  rule: CombinatorRule,
  frame: Frame,
  given: unknown,
): unknown {
  const endings: Ending[] = [];
  const strand = openSettlement(endings);
  const seen = (value: unknown): unknown => {
    const foreign = isWrapped(value) ? wrapThenable(value, frame) : undefined;
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
