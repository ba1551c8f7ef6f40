import type { Cause } from './cause.js';
import { warnOnce } from './warn.js';
import { shared } from './realm.js';
import { tokensWithFactory, tokensWithJoin, tokensWithSpawn } from './token.js';
import type { AnyToken, Token } from './token.js';

/**
 * The values of all slots at one moment.
 *
 * A frame never changes after it is made, so any number of strands may share one and capturing it
 * is a pointer copy. Slots that were never set are not stored: they read as their initial value. So a
 * frame keeps alive only the values that were set, and their tokens.
 */
export class Frame {
  // A promise whose strand ended in a single step carries the bare frame instead of a strand
  // (promise-stamp.ts), so a frame has the two fields of an ending.
  readonly frame: Frame = this;
  readonly adopted = undefined;
  /** This frame with another spawn point: the last one that was made (spawned-at.ts). */
  caused: Frame | undefined = undefined;

  // Plain fields: users' builds may lower `#values` to a WeakMap, and this is read on every
  // slot access.
  constructor(
    /** Tokens and values, alternating. Programs set few slots, so a linear search beats a map. */
    readonly values: readonly unknown[],
    /** Slots that are set for the caller too, as `enterWith` does (entered.ts). */
    readonly entered: readonly AnyToken[] | undefined = undefined,
    /** The spawn points that led here, in builds with causes (cause.ts). */
    readonly cause: Cause | undefined = undefined,
  ) {}

  get<T>(token: Token<T>): T {
    const { values } = this;
    for (let i = 0; i < values.length; i += 2) {
      if (values[i] === token) return values[i + 1] as T;
    }
    return token.initialValue();
  }

  has(token: AnyToken): boolean {
    return indexIn(this.values, token) < this.values.length;
  }

  with<T>(token: Token<T>, value: T): Frame {
    return new Frame(this.changed(token, value), this.entered, this.cause);
  }

  /** Returns this frame with one slot set, for the caller too. */
  entering<T>(token: Token<T>, value: T): Frame {
    const entered = [...(this.entered ?? []).filter((other) => other !== token), token as AnyToken];
    return new Frame(this.changed(token, value), entered, this.cause);
  }

  /** Returns this frame with one slot as it is in another frame. */
  withAsIn(other: Frame, token: AnyToken): Frame {
    const values = other.has(token)
      ? this.changed(token, other.get(token))
      : without(this.values, token);
    if (values.length === 0) return other;
    const wasEntered = other.entered?.includes(token);
    const entered = wasEntered ? this.entered : this.entered?.filter((one) => one !== token);
    return new Frame(values, entered?.length === 0 ? undefined : entered, other.cause);
  }

  /** Returns a frame with these values and another chain of spawn points. */
  causedBy(cause: Cause | undefined): Frame {
    return cause === this.cause ? this : new Frame(this.values, this.entered, cause);
  }

  private changed(token: unknown, value: unknown): unknown[] {
    const values = this.values.slice();
    const index = indexIn(values, token);
    values[index] = token;
    values[index + 1] = value;
    return values;
  }
}

/** Returns true if no slot was set. */
export function isEmpty({ values }: Frame): boolean {
  return values.length === 0;
}

function indexIn(values: readonly unknown[], token: unknown): number {
  let index = 0;
  while (index < values.length && values[index] !== token) index += 2;
  return index;
}

function without(values: readonly unknown[], token: unknown): readonly unknown[] {
  const index = indexIn(values, token);
  return [...values.slice(0, index), ...values.slice(index + 2)];
}

/** A frame whose values become known later: the one a thread starts from. */
export class LateFrame extends Frame {
  /** Copies the values of another frame into this one, and so into the frames that share its values. */
  become(other: Frame): void {
    (this.values as unknown[]).splice(0, Infinity, ...(other as LateFrame).values);
  }
}

/** The values of every root frame. A frame is root if it holds this very array. */
const nothing: readonly unknown[] = [];

const roots = shared('roots', { nothing, outside: new Frame(nothing), inside: new Frame([]) });

/**
 * The root frame. It is current exactly when no strand is running: in uninstrumented code that no strand
 * called, and while the platform is at work.
 */
export const OUTSIDE = roots.outside;

/** Returns true for the root frame, and for frames that differ from it only by their cause. */
export function isRoot({ values }: Frame): boolean {
  return values === roots.nothing;
}

/**
 * The frame of a strand that starts from root. It has no values either, but is another frame, so that a
 * listener can tell "triggered inside a strand that set nothing" from "triggered by the platform".
 */
const INSIDE = roots.inside;

/** Returns the frame that a strand starts from when it is spawned in `parent`. */
export function branch(parent: Frame): Frame {
  if (isRoot(parent)) parent = inside(parent);
  if (tokensWithSpawn.length === 0) return parent;

  let child = parent;
  for (const token of tokensWithSpawn) {
    const value = parent.get(token);
    child = child.with(token, callGuarded(token.callbacks.spawn!, value, value));
  }
  return child;
}

/**
 * Returns the frame of a strand in `mine` after it joins one that ended with `theirs`. Slots without a
 * `join` callback keep their value; each slot with one gets the join of both values. Joining with root
 * adds nothing, because no strand ends there.
 */
export function joinFrames(mine: Frame, theirs: Frame): Frame {
  // Frames that differ only in how they came about have the same values.
  if (theirs === mine || theirs === OUTSIDE || theirs.values === mine.values) return mine;

  let joined = mine;
  for (const token of tokensWithJoin) {
    if (!theirs.has(token)) continue;
    const before = mine.get(token);
    const other = theirs.get(token);
    if (before === other) continue;
    const value = callGuarded(token.callbacks.join!, before, before, other);
    if (value !== before) joined = joined.with(token, value);
  }
  return joined;
}

/** Returns the frame of a strand that starts from root. */
function inside({ cause }: Frame): Frame {
  const start = tokensWithFactory.length === 0 ? INSIDE : materialise(INSIDE);
  return start.causedBy(cause);
}

/** Calls every slot's factory, so that a strand that starts from root has its own mutable records. */
function materialise(frame: Frame): Frame {
  for (const token of tokensWithFactory) {
    frame = frame.with(
      token,
      callGuarded(() => token.initialValue(), undefined),
    );
  }
  return frame;
}

/**
 * Calls a slot's callback and returns its result, or `fallback` if it throws. The error must not reach the
 * program: it is printed once, as a warning.
 */
export function callGuarded<A extends unknown[]>(
  callback: (...values: A) => unknown,
  fallback: unknown,
  ...values: A
): unknown {
  try {
    return callback(...values);
  } catch (error) {
    warnOnce('TL_SLOT_CALLBACK_THREW', 'a slot callback threw; the slot keeps its value', error);
    return fallback;
  }
}
