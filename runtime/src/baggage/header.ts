import { setLocal } from '../faces/slots.js';
import { currentFrame } from '../kernel/index.js';
import { bagMembers } from '../operations/bag-members.js';
import { filledBags, known, readMember, valueIn } from './bags.js';

/** What a header has at most (W3C Baggage, section 3.3.2, "Limits"). */
const MOST_MEMBERS = 64;
const MOST_BYTES = 8192;

/** The member that says that others did not fit. */
const OVERFLOW = 'throughline-overflow';

const budget = { bytes: MOST_BYTES };

/**
 * Sets how many bytes of a header the bags may take: 0 to 8,192, which is the default. What does not fit stays behind, whole bags of those that
 * were registered last first, and the other side learns that something is missing.
 */
export function limitBaggage(bytes: number): void {
  budget.bytes = Math.min(MOST_BYTES, Math.max(0, bytes));
}

// Loaded with the first bag.
bagMembers.take = takeMembers;
bagMembers.add = addMembers;

/** Takes the members of bags from a header into the current context, in place of what is there. Returns the others. */
function takeMembers(header: string | undefined): string | undefined {
  if (known.byName.size === 0) return header;
  for (const { token, type } of known.byName.values()) setLocal(token, type.empty);
  const others: string[] = [];
  for (const member of header?.split(',') ?? []) {
    const at = member.indexOf('=');
    const bag = known.byName.get(member.slice(0, at).trim());
    const value = bag && readMember(bag.type, member.slice(at + 1));
    // What cannot be read may be of another program that uses the name.
    if (bag === undefined || value === undefined) others.push(member);
    else setLocal(bag.token, value);
  }
  return others.length > 0 ? others.join() : undefined;
}

/** Adds the members of the bags of this context to those that came with a request. */
function addMembers(others: string | undefined): string | undefined {
  if (known.byName.size === 0) return others;
  const frame = currentFrame();
  const names = new Set<string>();
  const own: string[] = [];
  let isCut = others?.includes(`${OVERFLOW}=`) ?? false;
  let bytes = others?.length ?? 0;
  const count = others?.split(',').length ?? 0;
  for (const bag of filledBags(frame)) {
    const member = `${bag.name}=${bag.type.toText(valueIn(frame, bag))!}`;
    const fits = bytes + member.length + 1 + MARKER.length <= budget.bytes;
    // One is for the marker.
    if (!fits || count + own.length + 1 >= MOST_MEMBERS) {
      isCut = true;
      continue;
    }
    bytes += member.length + 1;
    names.add(bag.name);
    own.push(member);
  }
  // A member that could not be read has the name of a bag: ours replaces it.
  const kept = others?.split(',').filter((one) => {
    const name = one.slice(0, one.indexOf('=')).trim();
    return !names.has(name) && name !== OVERFLOW;
  });
  const all = [...(kept ?? []), ...own, ...(isCut ? [MARKER] : [])];
  return all.length > 0 ? all.join() : undefined;
}

const MARKER = `${OVERFLOW}=1`;
