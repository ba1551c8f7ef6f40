import { getLocal, register as registerSlot, setLocal } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import { mergeAtoms, OVERFLOW, parseAtoms, serializeAtoms, trimAtoms } from './atoms.js';
import type { Atom } from './atoms.js';
import { filledBags, known, valueIn } from './bags.js';
import type { AnyBag } from './bags.js';
import { indexedHeader, isHeaderAt } from './header-atoms.js';

/** The atoms of bags that are not registered here. They are passed on as they came, and joined as atoms. */
const unread = registerSlot<readonly Atom[]>([], {
  join: (mine, theirs) => mergeAtoms(mine, theirs),
});

/**
 * Returns the bags of this context that have an index as the Tracing Plane's atoms, with those of others that came with them. With `limit`,
 * at most so many bytes: a marker at the place where something was cut off tells readers so.
 */
export function toAtoms(limit = 0): Uint8Array {
  const frame = currentFrame();
  const own = filledBags(frame)
    .filter((bag) => bag.index !== undefined)
    .sort((a, b) => a.index! - b.index!)
    .flatMap((bag) => [indexedHeader(0, bag.index!), ...bag.type.toAtoms(valueIn(frame, bag))]);
  return serializeAtoms(trimAtoms(mergeAtoms(own, getLocal(unread)), limit));
}

/**
 * Joins atoms that came with something into the bags of this context. Atoms of bags that are not registered, and those that cannot be
 * read, are kept and passed on.
 */
export function joinAtoms(bytes: Uint8Array): void {
  const rest: Atom[] = [];
  for (const { bag, atoms } of bagsIn(parseAtoms(bytes) ?? [])) {
    const value = bag?.type.fromAtoms(atoms.slice(1));
    if (bag === undefined || value === undefined) rest.push(...atoms);
    else setLocal(bag.token, bag.type.join(getLocal(bag.token), value));
    // What was cut off is told on.
    if (bag !== undefined && atoms.some(({ length }) => length === 0)) rest.push(OVERFLOW);
  }
  setLocal(unread, mergeAtoms(getLocal(unread), rest));
}

/** Splits atoms into the bags below the root. What comes before the first one belongs to none. */
function bagsIn(atoms: readonly Atom[]): { bag: AnyBag | undefined; atoms: Atom[] }[] {
  const byHeader = new Map(
    [...known.byName.values()].flatMap((bag) =>
      bag.index === undefined ? [] : [[String(indexedHeader(0, bag.index)), bag]],
    ),
  );
  const groups: { bag: AnyBag | undefined; atoms: Atom[] }[] = [];
  for (const atom of atoms) {
    const isHeader = isHeaderAt(0, atom);
    if (isHeader || groups.length === 0) {
      groups.push({ bag: isHeader ? byHeader.get(String(atom)) : undefined, atoms: [] });
    }
    groups.at(-1)!.atoms.push(atom);
  }
  return groups;
}
