import { getLocal, register as registerSlot, setLocal } from '../faces/slots.js';
import { currentFrame, quote, shared, ThroughlineError } from '../kernel/index.js';
import type { Frame, Token } from '../kernel/index.js';
import { bagTypes } from './types.js';
import type { BagType, Counted, Dated } from './types.js';

/** A bag of any type, as it travels. */
export interface AnyBag {
  readonly name: string;
  /** Its number in atoms, if it has one. */
  readonly index: number | undefined;
  readonly type: BagType<unknown>;
  readonly token: Token<unknown>;
}

/** What all copies of this file know. */
export const known = shared('bags', {
  byName: new Map<string, AnyBag>(),
});

/** True or not: once it is raised, everything that comes after it sees it. */
export interface FlagBag {
  get(): boolean;
  raise(): void;
}

/** A number that only grows. What branches have added is added up where they join. */
export interface CounterBag {
  get(): number;
  /** Adds a whole number that is not negative; 1 without. */
  add(count?: number): void;
}

/** A set of texts. */
export interface SetBag {
  get(): ReadonlySet<string>;
  add(text: string): void;
}

/** Texts by name. Where two branches set one name, the smaller text stays. */
export interface MapBag {
  get(): ReadonlyMap<string, string>;
  set(name: string, text: string): void;
}

/** The largest or the smallest of the whole numbers that were noted. */
export interface BoundBag {
  get(): number | undefined;
  note(value: number): void;
}

/** The text that was set last, by the clocks of those who have set it. */
export interface LastBag {
  get(): string | undefined;
  set(text: string): void;
}

/** What `register` returns, by type. */
export interface Bags {
  readonly flag: FlagBag;
  readonly counter: CounterBag;
  readonly set: SetBag;
  readonly map: MapBag;
  readonly max: BoundBag;
  readonly min: BoundBag;
  readonly last: LastBag;
}

/** How many bytes a text or a name may have: a member of a header has 4,096 at most (W3C Baggage, section 3.3.2). */
const MOST_CHARACTERS = 1024;

/** How the bag of each type is used. */
const uses: { readonly [T in keyof Bags]: (token: never, name: string) => Bags[T] } = {
  flag: (token: Token<boolean>) => ({
    get: () => getLocal(token),
    raise: () => setLocal(token, true),
  }),
  counter: (token: Token<Counted>, name: string) => ({
    get: () => [...getLocal(token).parts.values()].reduce((sum, count) => sum + count, 0),
    add(count = 1) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw invalid(name, 'takes a whole number that is not negative', count);
      }
      const { parts, own = newPart() } = getLocal(token);
      const grown = new Map(parts).set(own, (parts.get(own) ?? 0) + count);
      setLocal(token, { parts: grown, own });
    },
  }),
  set: (token: Token<ReadonlySet<string>>, name: string) => ({
    get: () => getLocal(token),
    add: (text) => setLocal(token, new Set([...getLocal(token), checked(name, text)])),
  }),
  map: (token: Token<ReadonlyMap<string, string>>, name: string) => ({
    get: () => getLocal(token),
    set(key, text) {
      setLocal(token, new Map(getLocal(token)).set(checked(name, key), checked(name, text)));
    },
  }),
  max: (token: Token<number | undefined>, name: string) => boundBag(token, name, Math.max),
  min: (token: Token<number | undefined>, name: string) => boundBag(token, name, Math.min),
  last: (token: Token<Dated | undefined>, name: string) => ({
    get: () => getLocal(token)?.text,
    set(text) {
      const now = Date.now() * 1000;
      // What is set here comes after what was seen here, whatever the clock of the other says.
      const time = Math.max(now, (getLocal(token)?.time ?? 0) + 1);
      setLocal(token, { text: checked(name, text), time });
    },
  }),
};

function boundBag(
  token: Token<number | undefined>,
  name: string,
  chosen: (a: number, b: number) => number,
): BoundBag {
  return {
    get: () => getLocal(token),
    note(value) {
      if (!Number.isSafeInteger(value)) throw invalid(name, 'takes a whole number', value);
      setLocal(token, chosen(value, getLocal(token) ?? value));
    },
  };
}

/**
 * Registers a bag: a value that travels with the context to every thread, process and service that the context goes to, and that joins
 * where contexts join. All that registers the same name and type shares its values; elsewhere they are passed on unread.
 *
 * `name` is that of the member of the header `baggage`: letters, digits and some signs, at most 64 characters. `index`, if given, is the number
 * of the bag in the Tracing Plane's atoms. Throws `TL_BAGGAGE_INVALID` for a name, a type or an index that is none, and for a name or
 * an index that is taken.
 *
 * @example
 * const tenants = register('tenants', 'set');
 * tenants.add('ada');
 */
export function register<T extends keyof Bags>(
  name: string,
  type: T,
  { index }: { readonly index?: number } = {},
): Bags[T] {
  check(name, type, index);
  const { empty, join, branch, toText } = bagTypes[type] as BagType<unknown>;
  const token = registerSlot(empty, {
    join,
    ...(branch && { spawn: branch }),
    carry: {
      name: `baggage ${name}`,
      encode: (value) => toText(value),
      decode: (text) => readMember(bagTypes[type] as BagType<unknown>, text) ?? empty,
    },
  });
  known.byName.set(name, { name, index, type: bagTypes[type] as BagType<unknown>, token });
  return uses[type](token as never, name);
}

function check(name: unknown, type: unknown, index: unknown): void {
  if (typeof name !== 'string' || !/^[A-Za-z0-9!#$&'*+.^_`|~-]{1,64}$/.test(name)) {
    throw invalid(name, 'must have a name of letters, digits, "-", "_" and ".", up to 64', name);
  }
  if (!Object.hasOwn(bagTypes, type as string)) {
    throw invalid(name, `must be one of ${Object.keys(bagTypes).join(', ')}`, type);
  }
  if (
    index !== undefined &&
    (!Number.isInteger(index) || (index as number) < 0 || (index as number) > MOST_INDEX)
  ) {
    throw invalid(name, `takes an index from 0 to ${MOST_INDEX}`, index);
  }
  const taken = [...known.byName.values()].find(
    (one) => one.name === name || (index !== undefined && one.index === index),
  );
  if (taken)
    throw invalid(
      name,
      `must have a name and an index of its own: "${taken.name}" has it`,
      index ?? name,
    );
}

const MOST_INDEX = 2 ** 31 - 1;

function checked(name: string, text: unknown): string {
  if (typeof text === 'string' && text.length <= MOST_CHARACTERS && isWellFormed(text)) return text;
  throw invalid(name, `takes texts of at most ${MOST_CHARACTERS} characters`, text);
}

/** Half of a pair of surrogates cannot be encoded. */
function isWellFormed(text: string): boolean {
  try {
    return encodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

function invalid(name: unknown, expected: string, got: unknown): ThroughlineError {
  const shown = typeof got === 'string' ? got.slice(0, 80) : got;
  return new ThroughlineError(
    'TL_BAGGAGE_INVALID',
    `The bag ${quote(name)} ${expected}, got ${quote(shown)}.`,
  );
}

/** Reads the value of a member, with its properties. */
export function readMember(type: BagType<unknown>, text: string): unknown {
  const [value = '', ...properties] = text.split(';').map((part) => part.trim());
  return type.fromText(value, properties);
}

/** Returns the value of a bag in a frame. */
export function valueIn(frame: Frame, { token }: AnyBag): unknown {
  return frame.get(token);
}

/** Returns the bags that have a value here, in the order in which they were registered. */
export function filledBags(frame = currentFrame()): AnyBag[] {
  return [...known.byName.values()].filter(
    (bag) => bag.type.toText(valueIn(frame, bag)) !== undefined,
  );
}

function newPart(): string {
  return Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
