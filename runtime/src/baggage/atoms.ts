// The atom layer of the Tracing Plane: a context is a list of atoms, and each atom is any bytes.

export type Atom = Uint8Array;

/** The empty atom. What comes after it may be incomplete: something was cut off to save space. */
export const OVERFLOW: Atom = new Uint8Array(0);

/** Compares byte by byte. An atom comes before those that begin with it, so the overflow marker is the first of all. */
export function compareAtoms(a: Atom, b: Atom): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Joins two lists: always the smaller of both heads, and equal heads once. */
export function mergeAtoms(a: readonly Atom[], b: readonly Atom[]): Atom[] {
  const merged: Atom[] = [];
  let [i, k] = [0, 0];
  while (i < a.length && k < b.length) {
    const order = compareAtoms(a[i]!, b[k]!);
    merged.push(order <= 0 ? a[i]! : b[k]!);
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
  return [...merged, ...a.slice(i), ...b.slice(k)];
}

/** Joins the paths that lead to what was cut off: the result ends with the first overflow marker. */
export function mergeOverflowAtoms(
  a: readonly Atom[] | undefined,
  b: readonly Atom[] | undefined,
): Atom[] | undefined {
  if (a === undefined && b === undefined) return undefined;
  const merged = mergeAtoms(a ?? [], b ?? []);
  const end = merged.findIndex(({ length }) => length === 0);
  return end === -1 ? merged : merged.slice(0, end + 1);
}

/** Returns the first atoms that fit into so many bytes, with a marker if any was cut off. 0 or less is no limit. */
export function trimAtoms(atoms: readonly Atom[], limit: number): readonly Atom[] {
  if (limit <= 0) return atoms;
  let bytes = 0;
  for (let i = 0; i < atoms.length; i++) {
    const length = sizeOf(atoms[i]!);
    const isLast = i === atoms.length - 1;
    // One byte is for the marker, unless nothing comes after it.
    if (bytes + length + (isLast ? 0 : 1) > limit) return [...atoms.slice(0, i), OVERFLOW];
    bytes += length;
  }
  return atoms;
}

/** Writes each atom after its length as a varint. */
export function serializeAtoms(atoms: readonly Atom[]): Uint8Array {
  const bytes = new Uint8Array(atoms.reduce((sum, atom) => sum + sizeOf(atom), 0));
  let at = 0;
  for (const atom of atoms) {
    let { length } = atom;
    for (; length > 127; length >>>= 7) bytes[at++] = (length & 127) | 128;
    bytes[at++] = length;
    bytes.set(atom, at);
    at += atom.length;
  }
  return bytes;
}

/** Reads atoms up to where the bytes are no more what they should be; undefined if there is none. */
export function parseAtoms(bytes: Uint8Array): Atom[] | undefined {
  const atoms: Atom[] = [];
  for (let at = 0; at < bytes.length;) {
    let length = 0;
    let shift = 0;
    while (at < bytes.length && shift < 28 && bytes[at]! > 127) {
      length |= (bytes[at++]! & 127) << shift;
      shift += 7;
    }
    if (at >= bytes.length || bytes[at]! > 127) break;
    length += bytes[at++]! * 2 ** shift;
    if (length > bytes.length - at) break;
    atoms.push(bytes.subarray(at, at + length));
    at += length;
  }
  return atoms.length > 0 ? atoms : undefined;
}

function sizeOf({ length }: Atom): number {
  return length + Math.max(1, Math.ceil((32 - Math.clz32(length)) / 7));
}
