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
 * frame pins the values that somebody set and nothing else, not even the tokens of other slots.
 */
export class Frame {
  // A promise whose strand ended in a single step carries the bare frame in place of a strand
  // (promise-stamp.ts), so a frame answers the two questions that are asked of an ending.
  readonly frame: Frame = this;
  readonly adopted = undefined;

  // Plain fields: users' builds may lower `#values` to a WeakMap, and this is read on every
  // slot access.
  constructor(
    /** Tokens and their values in turn. A program sets few slots: a walk is faster than a map. */
    protected readonly values: readonly unknown[],
    /** Slots that were set for the caller as well, as `enterWith` does (entered.ts). */
    readonly entered: readonly AnyToken[] | undefined = undefined,
    /** Which spawn points led here, in builds that ask (cause.ts). */
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

  /** The same, for the caller as well. */
  entering<T>(token: Token<T>, value: T): Frame {
    const entered = [...(this.entered ?? []).filter((other) => other !== token), token as AnyToken];
    return new Frame(this.changed(token, value), entered, this.cause);
  }

  /** The same, with one slot as it is in another frame. */
  withAsIn(other: Frame, token: AnyToken): Frame {
    const values = other.has(token)
      ? this.changed(token, other.get(token))
      : without(this.values, token);
    if (values.length === 0) return other;
    const wasEntered = other.entered?.includes(token);
    const entered = wasEntered ? this.entered : this.entered?.filter((one) => one !== token);
    return new Frame(values, entered?.length === 0 ? undefined : entered, other.cause);
  }

  /** The same values, reached through other spawn points. */
  causedBy(cause: Cause | undefined): Frame {
    return cause === this.cause ? this : new Frame(this.values, this.entered, cause);
  }

  /** Whether nothing was ever set: the root frame, or one that only spawn points tell from it. */
  get isRoot(): boolean {
    return this.values === roots.nothing;
  }

  private changed(token: unknown, value: unknown): unknown[] {
    const values = this.values.slice();
    const index = indexIn(values, token);
    values[index] = token;
    values[index + 1] = value;
    return values;
  }
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

/** A frame whose values become known late: what a thread starts from. */
export class LateFrame extends Frame {
  /** Gives it, and the frames that only spawn points tell from it, what another frame has. */
  become(other: Frame): void {
    (this.values as unknown[]).splice(0, Infinity, ...(other as LateFrame).values);
  }
}

/** What the root frame holds, however it came about: a strand that starts from it starts afresh. */
const nothing: readonly unknown[] = [];

const roots = shared('roots', { nothing, outside: new Frame(nothing), inside: new Frame([]) });

/**
 * The root frame. It is current exactly when no strand is running: in code that was not compiled
 * and that no strand called, and while the platform is at work.
 */
export const OUTSIDE = roots.outside;

/**
 * What a strand that starts from root gets: the same values, but another frame, so that a listener
 * can tell "triggered inside a strand that set nothing" from "triggered by the platform".
 */
const INSIDE = roots.inside;

/** The frame a strand starts from when it is spawned in `parent`. */
export function branch(parent: Frame): Frame {
  if (parent.isRoot) parent = inside(parent);
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

/** Where a strand that starts from root starts. */
function inside({ cause }: Frame): Frame {
  const start = tokensWithFactory.length === 0 ? INSIDE : materialise(INSIDE);
  return start.causedBy(cause);
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
    warnOnce('TL_SLOT_CALLBACK_THREW', `a slot's callback threw; the slot keeps its value`, error);
    return fallback;
  }
}
