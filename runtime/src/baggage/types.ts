import { encodeReverse, decodeReverse, decodeSigned, encodeSigned } from './lexvar.js';
import { compareAtoms } from './atoms.js';
import type { Atom } from './atoms.js';
import { DATA, dataAtom, isHeaderAt, keyedHeader, keyOf } from './header-atoms.js';

/** How the values of a bag are joined and written. Joins give the same whatever comes first, and however often. */
export interface BagType<V> {
  readonly empty: V;
  join(mine: V, theirs: V): V;
  /** The value for a new line of execution, if that is another one. */
  readonly branch?: (value: V) => V;
  /** Returns the value of a member of W3C Baggage, percent-encoded, with its properties; undefined for an empty one. */
  toText(value: V): string | undefined;
  /** Reads it; undefined for what is none. */
  fromText(text: string, properties: readonly string[]): V | undefined;
  /** Returns the atoms below the header of the bag. */
  toAtoms(value: V): Atom[];
  fromAtoms(atoms: readonly Atom[]): V | undefined;
}

/** What a counter has counted: so much in each of its parts. A part is counted up by one line of execution alone. */
export interface Counted {
  readonly parts: ReadonlyMap<string, number>;
  /** The part of this line of execution, if it has one. */
  readonly own: string | undefined;
}

/** A text, and when it was set. */
export interface Dated {
  readonly text: string;
  /** Microseconds since 1970. */
  readonly time: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const flag: BagType<boolean> = {
  empty: false,
  join: (mine, theirs) => mine || theirs,
  toText: (value) => (value ? '1' : undefined),
  fromText: (text) => text === '1' || text === 'true',
  toAtoms: (value) => (value ? [dataAtom(Uint8Array.of(1))] : []),
  fromAtoms: (atoms) => dataOf(atoms).some(([first]) => first === 1),
};

const counter: BagType<Counted> = {
  empty: { parts: new Map(), own: undefined },
  join(mine, theirs) {
    const parts = new Map(mine.parts);
    for (const [id, count] of theirs.parts) parts.set(id, Math.max(count, parts.get(id) ?? 0));
    return { parts, own: mine.own };
  },
  branch: (value) => (value.own === undefined ? value : { ...value, own: undefined }),
  toText: ({ parts }) => listed([...parts].map(([id, count]) => `${id}:${count}`)),
  fromText(text) {
    const found = text.split('+').map((one) => /^([0-9a-f]{8}):(\d{1,15})$/.exec(one));
    if (found.includes(null)) return undefined;
    return { parts: new Map(found.map((one) => [one![1]!, Number(one![2])])), own: undefined };
  },
  toAtoms: ({ parts }) =>
    bagsOf([...parts].map(([id, count]) => [bytesOf(id), encodeReverse(BigInt(count))])),
  fromAtoms: (atoms) => ({
    parts: new Map(
      childrenOf(atoms).flatMap(([key, data]) => {
        const count = Number(decodeReverse(data)?.value ?? NaN);
        return key.length === 4 && Number.isSafeInteger(count) ? [[hexOf(key), count]] : [];
      }),
    ),
    own: undefined,
  }),
};

const set: BagType<ReadonlySet<string>> = {
  empty: new Set(),
  join: (mine, theirs) => new Set([...mine, ...theirs]),
  toText: (value) => listed([...value].sort().map(encodeURIComponent)),
  fromText: (text) => whole(text.split('+').map(decoded), (items) => new Set(items)),
  toAtoms: (value) => sorted([...value].map((item) => dataAtom(encoder.encode(item)))),
  fromAtoms: (atoms) => new Set(dataOf(atoms).map((data) => decoder.decode(data))),
};

const map: BagType<ReadonlyMap<string, string>> = {
  empty: new Map(),
  join(mine, theirs) {
    const joined = new Map(mine);
    for (const [key, value] of theirs) {
      const known = joined.get(key);
      // The smaller one, as a reader of merged atoms finds it.
      if (known === undefined || compareTexts(value, known) < 0) joined.set(key, value);
    }
    return joined;
  },
  toText: (value) =>
    listed([...value].sort().map((entry) => entry.map(encodeURIComponent).join(':'))),
  fromText(text) {
    const entries = text
      .split('+')
      .map((one) => whole(one.split(':').map(decoded), (pair) => pair));
    if (entries.some((entry) => entry?.length !== 2)) return undefined;
    return new Map(entries as [string, string][]);
  },
  toAtoms: (value) =>
    bagsOf([...value].map(([key, text]) => [encoder.encode(key), encoder.encode(text)])),
  fromAtoms: (atoms) =>
    new Map(childrenOf(atoms).map(([key, data]) => [decoder.decode(key), decoder.decode(data)])),
};

type Bound = number | undefined;

/** A largest or a smallest number. */
function bound(chosen: (a: number, b: number) => number): BagType<Bound> {
  const join = (mine: Bound, theirs: Bound): Bound =>
    mine === undefined || theirs === undefined ? (mine ?? theirs) : chosen(mine, theirs);
  return {
    empty: undefined,
    join,
    toText: (value) => value?.toString(),
    fromText: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
    toAtoms: (value) => (value === undefined ? [] : [dataAtom(encodeSigned(BigInt(value)))]),
    fromAtoms: (atoms) =>
      dataOf(atoms)
        .map((data) => Number(decodeSigned(data)?.value ?? NaN))
        .filter(Number.isSafeInteger)
        .reduce(join, undefined as Bound),
  };
}

const last: BagType<Dated | undefined> = {
  empty: undefined,
  join(mine, theirs) {
    if (mine === undefined || theirs === undefined) return mine ?? theirs;
    if (mine.time !== theirs.time) return mine.time > theirs.time ? mine : theirs;
    return compareTexts(mine.text, theirs.text) <= 0 ? mine : theirs;
  },
  // Others see the text alone.
  toText: (value) => value && `${encodeURIComponent(value.text)};${TIME}=${value.time}`,
  fromText(text, properties) {
    const plain = decoded(text);
    if (plain === undefined) return undefined;
    const [, time = '0'] = /^throughline-time=(\d{1,16})$/.exec(properties.join()) ?? [];
    return { text: plain, time: Number(time) };
  },
  toAtoms: (value) =>
    value === undefined
      ? []
      : [
          dataAtom(
            Uint8Array.of(...encodeReverse(BigInt(value.time)), ...encoder.encode(value.text)),
          ),
        ],
  fromAtoms: (atoms) =>
    dataOf(atoms)
      .flatMap((data) => {
        const time = decodeReverse(data);
        if (time === undefined) return [];
        return [{ text: decoder.decode(data.subarray(time.next)), time: Number(time.value) }];
      })
      .reduce<Dated | undefined>((newest, one) => last.join(newest, one), undefined),
};

const TIME = 'throughline-time';

/** The types of bags, by name. */
export const bagTypes = {
  ...{ flag, counter, set, map, last },
  max: bound(Math.max),
  min: bound(Math.min),
};

/** Orders texts by their bytes, as atoms are ordered. */
function compareTexts(a: string, b: string): number {
  return compareAtoms(encoder.encode(a), encoder.encode(b));
}

function listed(items: readonly string[]): string | undefined {
  return items.length > 0 ? items.join('+') : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Returns what is made of texts, if all of them could be read. */
function whole<T>(
  texts: readonly (string | undefined)[],
  make: (texts: readonly string[]) => T,
): T | undefined {
  return texts.includes(undefined) ? undefined : make(texts as readonly string[]);
}

function sorted(atoms: Atom[]): Atom[] {
  return atoms.sort(compareAtoms);
}

/** Returns bags with a name, one level below, each with one datum. */
function bagsOf(entries: readonly (readonly [key: Uint8Array, data: Uint8Array])[]): Atom[] {
  return entries
    .map(([key, data]) => [keyedHeader(1, key), dataAtom(data)] as const)
    .sort(([a], [b]) => compareAtoms(a, b))
    .flat();
}

/** Returns the data of a bag, without that of the bags in it. */
function dataOf(atoms: readonly Atom[]): Uint8Array[] {
  const end = atoms.findIndex((atom) => isHeaderAt(1, atom));
  return (end === -1 ? atoms : atoms.slice(0, end))
    .filter((atom) => atom[0] === DATA)
    .map((atom) => atom.subarray(1));
}

/** Returns the bags with a name in a bag, each with its first datum: merged lists have the smallest first. */
function childrenOf(atoms: readonly Atom[]): [key: Uint8Array, data: Uint8Array][] {
  return atoms.flatMap((atom, i) => {
    if (!isHeaderAt(1, atom)) return [];
    const key = keyOf(atom);
    const data = atoms[i + 1];
    return key !== undefined && data?.[0] === DATA ? [[key, data.subarray(1)]] : [];
  });
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}
