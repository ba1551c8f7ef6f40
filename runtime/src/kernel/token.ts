import { shared } from './realm.js';

/** How a slot behaves where strands branch and join. Each callback must be quick and must not throw. */
export interface SlotCallbacks<T> {
  /**
   * Gives a child its value at a spawn point, from the parent's value. Runs in the parent, at the
   * spawn point (the paper's `LocalForSpawn`). Without it the child shares the parent's value.
   */
  spawn?: (parent: T) => T;
  /**
   * Gives a strand its value when it takes in what another one ended with. Without it a strand
   * keeps its own value. Called only with two values that are not the same.
   */
  join?: (mine: T, theirs: T) => T;
  /** How its value crosses to another thread or process. Without it, it stays here. */
  carry?: Carry<T>;
}

/** A slot's name and its encoding, the same on both sides. */
export interface Carry<T> {
  readonly name: string;
  /** The value as text; undefined when there is nothing to carry. */
  encode(value: T): string | undefined;
  decode(text: string): T;
}

/** Names one slot. Made by `register`; opaque to everybody else. */
class SlotToken<T> {
  constructor(
    private readonly initial: T | (() => T),
    readonly callbacks: SlotCallbacks<T>,
  ) {}

  /** A factory makes a new record at every call, so that no two strands from root share one. */
  get hasFactory(): boolean {
    return typeof this.initial === 'function';
  }

  initialValue(): T {
    return typeof this.initial === 'function' ? (this.initial as () => T)() : this.initial;
  }
}

export type Token<T> = SlotToken<T>;
export type AnyToken = Token<unknown>;

const slots = shared('slots', {
  Token: SlotToken,
  // The few that need work at a branch, a join or a crossing. The others are nobody's but their owners'.
  withFactory: [] as AnyToken[],
  withSpawn: [] as AnyToken[],
  withJoin: [] as AnyToken[],
  withCarry: [] as AnyToken[],
  /** Told of every new slot that can be carried: a thread may have started with a value for it. */
  carrierRegistered: (() => {}) as (token: AnyToken) => void,
});

export const {
  Token,
  withFactory: tokensWithFactory,
  withSpawn: tokensWithSpawn,
  withJoin: tokensWithJoin,
  withCarry: tokensWithCarry,
} = slots;

export function onCarrier(told: (token: AnyToken) => void): void {
  slots.carrierRegistered = told;
}

/**
 * Reserves a slot in every frame and returns the token that names it.
 *
 * `initial` is what a strand that starts from root sees. A function is taken as a factory and is
 * called once for each such strand, so that a mutable record is never shared between two of them.
 *
 * Register once, while a module loads. A slot that has callbacks or a factory cannot be given back; any other
 * goes when its token does.
 *
 * @example
 * const depth = register(0, { spawn: (parent) => parent + 1 });
 */
export function register<T>(initial: T | (() => T), callbacks: SlotCallbacks<T> = {}): Token<T> {
  const token = new Token(initial, callbacks);
  // The lists hold tokens of every type; each value only ever meets its own token's callbacks.
  const untyped = token as unknown as AnyToken;
  if (token.hasFactory) tokensWithFactory.push(untyped);
  if (callbacks.spawn) tokensWithSpawn.push(untyped);
  if (callbacks.join) tokensWithJoin.push(untyped);
  if (callbacks.carry) {
    tokensWithCarry.push(untyped);
    slots.carrierRegistered(untyped);
  }
  return token;
}
