import { complainOnce } from './complain.js';
import { tokensWithFactory, tokensWithJoin, tokensWithSpawn } from './token.js';
import type { AnyToken, Token } from './token.js';

const UNSET: unique symbol = Symbol('unset');

/**
 * The values of all slots at one moment.
 *
 * A frame never changes after it is made, so any number of strands may share one and capturing it
 * is a pointer copy. Slots that were never set are not stored: they read as their initial value.
 */
export class Frame {
  // A promise whose strand ended in a single step carries the bare frame in place of a strand
  // (promise-stamp.ts), so a frame answers the two questions that are asked of an ending.
  readonly frame: Frame = this;
  readonly adopted = undefined;

  // A plain field: users' builds may lower `#values` to a WeakMap, and this is read on every
  // slot access.
  constructor(protected values: readonly unknown[]) {}

  get<T>(token: Token<T>): T {
    const value = token.index < this.values.length ? this.values[token.index] : UNSET;
    return value === UNSET ? token.initialValue() : (value as T);
  }

  has(token: AnyToken): boolean {
    return token.index < this.values.length && this.values[token.index] !== UNSET;
  }

  with<T>(token: Token<T>, value: T): Frame {
    const values = this.values.slice();
    // Fill up to the slot first, so that engines keep the array dense.
    while (values.length < token.index) values.push(UNSET);
    values[token.index] = value;
    return new Frame(values);
  }
}

/** A frame whose values become known late: what a thread starts from. */
export class LateFrame extends Frame {
  /** Gives it what another frame has. */
  become(other: Frame): void {
    this.values = (other as LateFrame).values;
  }
}

/**
 * The root frame. It is current exactly when no strand is running: in code that was not compiled
 * and that no strand called, and while the platform is at work.
 */
export const OUTSIDE = new Frame([]);

/**
 * What a strand that starts from root gets: the same values, but another frame, so that a listener
 * can tell "triggered inside a strand that set nothing" from "triggered by the platform".
 */
const INSIDE = new Frame([]);

/** The frame a strand starts from when it is spawned in `parent`. */
export function branch(parent: Frame): Frame {
  if (parent === OUTSIDE) parent = tokensWithFactory.length === 0 ? INSIDE : materialise(OUTSIDE);
  if (tokensWithSpawn.length === 0) return parent;

  let child = parent;
  for (const token of tokensWithSpawn) {
    const value = parent.get(token);
    child = child.with(token, guarded(token.callbacks.spawn!, value, value));
  }
  return child;
}

/**
 * What a strand with frame `mine` sees after taking in one that ended with `theirs`. Plain slots
 * stay; each slot with a `join` callback gets the join of both. Joining with root adds nothing:
 * whoever ended there was in no strand.
 */
export function joinFrames(mine: Frame, theirs: Frame): Frame {
  if (theirs === mine || theirs === OUTSIDE) return mine;

  let joined = mine;
  for (const token of tokensWithJoin) {
    if (!theirs.has(token)) continue;
    const before = mine.get(token);
    const other = theirs.get(token);
    if (before === other) continue;
    const value = guarded(token.callbacks.join!, before, before, other);
    if (value !== before) joined = joined.with(token, value);
  }
  return joined;
}

/** Makes the mutable records of a strand that starts from root, before anybody can share them. */
function materialise(frame: Frame): Frame {
  for (const token of tokensWithFactory) {
    frame = frame.with(
      token,
      guarded(() => token.initialValue(), undefined),
    );
  }
  return frame;
}

/** Calls a slot's callback. One that throws must not reach the program: its slot stays as it was. */
export function guarded<A extends unknown[]>(
  callback: (...values: A) => unknown,
  fallback: unknown,
  ...values: A
): unknown {
  try {
    return callback(...values);
  } catch (error) {
    complainOnce('SLOT_CALLBACK_THREW', `a slot's callback threw; its value is kept`, error);
    return fallback;
  }
}
