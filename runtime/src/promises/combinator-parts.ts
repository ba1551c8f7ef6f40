import { endedStrand, endIn, isOpen, OUTSIDE, replaceAdopted, shared } from '../kernel/index.js';
import type { AnyMethod, Ending, Frame, Strand } from '../kernel/index.js';
import { isNativePromise } from './chain.js';

/** What has become of a part of a combinator. */
export type PartState = 'fulfilled' | 'rejected' | 'pending';

/** A part of a combinator, as its reactions have seen it. */
export interface CombinatorPart {
  readonly promise: Promise<unknown>;
  readonly ending: Ending | undefined;
  state: PartState;
  /** Forgets the call, which is over: the promise of a part may live much longer. */
  leave(): void;
}

/** A call of a combinator, made in a frame. */
interface Call {
  readonly strand: Strand;
  readonly frame: Frame;
  readonly list: CombinatorPart[];
}

/** Set while operations are logged. */
export const combinators = shared('combinator-parts', {
  /** Returns what the promise of a combinator carries besides the parts that it joins; undefined if that is nothing. */
  describe: undefined as
    ((parts: readonly CombinatorPart[], frame: Frame) => Frame | undefined) | undefined,
});

/** Keeps a part until the combinator's promise is settled. */
export function keepPart(call: Call, part: CombinatorPart): void {
  if (combinators.describe !== undefined) call.list.push(part);
}

/** Finds out how the parts stood when a combinator's promise was settled with a value. */
type Look = (parts: readonly CombinatorPart[], value: unknown) => void;

/** By combinator, and by how its promise was settled. The states that reactions of ours have noted are right already. */
const looks = new Map<unknown, { readonly fulfilled?: Look; readonly rejected?: Look }>([
  [Promise.all, { rejected: askEach }],
  [Promise.allSettled, { fulfilled: readResults }],
  [Promise.race, { fulfilled: () => {}, rejected: () => {} }],
  [Promise.any, { fulfilled: askEach, rejected: (parts) => setStates(parts, () => 'rejected') }],
]);

/** The results of `allSettled` name the states. */
function readResults(parts: readonly CombinatorPart[], value: unknown): void {
  const results = value as readonly PromiseSettledResult<unknown>[];
  setStates(parts, (_, at) => results[at]!.status);
}

/** The engine tells the state of a promise to its reactions alone. They run before those of who waits for the combinator. */
function askEach(parts: readonly CombinatorPart[]): void {
  for (const part of parts) {
    // `Promise.resolve` of the program may return anything.
    if (!isNativePromise(part.promise)) continue;
    const note = (state: PartState) => (): void => void (part.state = state);
    Reflect.apply(then, part.promise, [note('fulfilled'), note('rejected')]);
  }
}

function setStates(
  parts: readonly CombinatorPart[],
  stateOf: (part: CombinatorPart, at: number) => PartState,
): void {
  parts.forEach((part, at) => (part.state = stateOf(part, at)));
}

/**
 * Makes the promise of a combinator carry which of its parts have failed and which were left alone. Called when the promise
 * is about to be settled.
 */
export function noteParts(
  { strand, frame, list }: Call,
  method: unknown,
  outcome: 'fulfilled' | 'rejected',
  value: unknown,
): void {
  const look = looks.get(method)?.[outcome];
  if (look === undefined || list.length === 0 || !isOpen(strand)) return;
  const parts = list.splice(0);
  look(parts, value);
  const extra = endedStrand(OUTSIDE);
  const joined = strand.adopted as Ending | readonly Ending[] | undefined;
  replaceAdopted(strand, [...(Array.isArray(joined) ? joined : [joined ?? OUTSIDE]), extra]);
  // Reactions of parts that are settled already come first, and those of who waits for the combinator later.
  const conclude = (): void => {
    for (const part of parts) part.leave();
    try {
      endIn(extra, combinators.describe?.(parts, frame) ?? OUTSIDE);
    } catch {
      // An error of ours must not reach the program.
    }
  };
  Reflect.apply(then, Promise.resolve(), [conclude]);
}

const then = Promise.prototype.then as AnyMethod;
