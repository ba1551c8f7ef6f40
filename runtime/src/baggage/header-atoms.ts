import { encodeUnsigned } from './lexvar.js';
import type { Atom } from './atoms.js';

// The baggage protocol of the Tracing Plane: the first byte of an atom says what it is. Atoms of a tree are written depth first, and
// deeper headers are smaller, so that lists of atoms are merged as trees.

/** The first byte of data. */
export const DATA = 0;
/** The number of levels of the tree. */
const LEVELS = 16;

const KEYED = 4;

/** Returns the header of a bag with a number, at a level below the root. */
export function indexedHeader(level: number, index: number, takesFirst = false): Atom {
  return header(level, 0, takesFirst, encodeUnsigned(BigInt.asUintN(32, BigInt(index))));
}

/** Returns the header of a bag with a name. */
export function keyedHeader(level: number, key: Uint8Array, takesFirst = false): Atom {
  return header(level, KEYED, takesFirst, key);
}

function header(level: number, kind: number, takesFirst: boolean, payload: Uint8Array): Atom {
  const prefix = 0x80 | ((LEVELS - 1 - level) << 3) | kind | (takesFirst ? 1 : 0);
  return withPrefix(prefix, payload);
}

/** Returns a data atom. */
export function dataAtom(payload: Uint8Array): Atom {
  return withPrefix(DATA, payload);
}

function withPrefix(prefix: number, payload: Uint8Array): Atom {
  const atom = new Uint8Array(payload.length + 1);
  atom[0] = prefix;
  atom.set(payload, 1);
  return atom;
}

/** Returns true for the header of a bag at a level. */
export function isHeaderAt(level: number, atom: Atom): boolean {
  return atom.length > 0 && atom[0]! >> 3 === (0x80 >> 3) + (LEVELS - 1 - level);
}

/** Returns the name in the header of a bag; undefined for a bag with a number. */
export function keyOf(atom: Atom): Uint8Array | undefined {
  return (atom[0]! & KEYED) === KEYED ? atom.subarray(1) : undefined;
}
