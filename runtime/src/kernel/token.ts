import { shared } from './realm.js';

/**
 * Callbacks that compute a slot's value when contexts branch, join and cross threads. Each must be quick. If one
 * throws, the slot keeps its value, and the error is printed once, as the warning `TL_SLOT_CALLBACK_THREW`.
 */
export interface SlotCallbacks<T> {
  /**
   * Returns the child's value at a spawn point, given the parent's. Runs in the parent, at the spawn point (the
   * paper's `LocalForSpawn`). Without it, the child shares the parent's value.
   */
  spawn?: (parent: T) => T;
  /**
   * Returns the value after a join, for example after `await`: `theirs` is the value the awaited code ended
   * with. Called only if the two values differ. Without it, the slot keeps its own value.
   */
  join?: (mine: T, theirs: T) => T;
  /** Encodes the value to cross to another thread. Without it, the value stays in its thread. */
  carry?: Carry<T>;
}

/** The name of a slot and the encoding of its value. Both sides must register the same. */
export interface Carry<T> {
  /** Identifies the slot on both sides; must be unique in the program. */
  readonly name: string;
  /** Returns the value as a string, or undefined if there is nothing to carry. */
  encode(value: T): string | undefined;
  /** Returns the value of a string that `encode` made. */
  decode(text: string): T;
}

/** Names one slot. `register` makes it; its contents are private. */
class SlotToken<T> {
  constructor(
    private readonly initial: T | (() => T),
    readonly callbacks: SlotCallbacks<T>,
  ) {}

  initialValue(): T {
    return typeof this.initial === 'function' ? (this.initial as () => T)() : this.initial;
  }
}

/** Names one slot that holds a `T`. Returned by `register`, taken by `getLocal` and `setLocal`. */
export type Token<T> = SlotToken<T>;
/** A token whose type does not matter. */
export type AnyToken = Token<unknown>;

/** Returns true if the initial value comes from a factory. It makes a new value per call, so that no two strands share it. */
export function hasFactory<T>(token: Token<T>): boolean {
  return typeof token['initial'] === 'function';
}

const slots = shared('slots', {
  Token: SlotToken,
  // The slots that need work at a branch, a join or a crossing. No list holds the others, so they can be collected.
  withFactory: [] as AnyToken[],
  withSpawn: [] as AnyToken[],
  withJoin: [] as AnyToken[],
  withCarry: [] as AnyToken[],
  /** Called for every new slot with `carry`, because this thread may have started with a value for it. */
  carrierRegistered: (() => {}) as (token: AnyToken) => void,
});

export const {
  Token,
  withFactory: tokensWithFactory,
  withSpawn: tokensWithSpawn,
  withJoin: tokensWithJoin,
  withCarry: tokensWithCarry,
} = slots;

/** Sets the function that is called for every new slot with `carry`. */
export function onCarriedSlot(told: (token: AnyToken) => void): void {
  slots.carrierRegistered = told;
}

/**
 * Registers a slot in every context and returns the token that names it.
 *
 * `initial` is the slot's value until it is set. If it is a function, it is a factory: it is called once for each
 * line of execution that starts without a context, so that two of them never share a mutable value.
 *
 * Register once, while a module loads. A slot with callbacks or a factory lives as long as the program; any
 * other is garbage-collected with its token.
 *
 * @example
 * const depth = register(0, { spawn: (parent) => parent + 1 });
 */
export function register<T>(initial: T | (() => T), callbacks: SlotCallbacks<T> = {}): Token<T> {
  const token = new Token(initial, callbacks);
  // The lists hold tokens of every type. A value is only ever passed to the callbacks of its own token.
  const untyped = token as unknown as AnyToken;
  if (hasFactory(token)) tokensWithFactory.push(untyped);
  if (callbacks.spawn) tokensWithSpawn.push(untyped);
  if (callbacks.join) tokensWithJoin.push(untyped);
  if (callbacks.carry) {
    tokensWithCarry.push(untyped);
    slots.carrierRegistered(untyped);
  }
  return token;
}
