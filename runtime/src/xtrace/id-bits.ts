/** How many ids are known. A power of two. An event is soon named again as a parent, and a task by each of its events. */
const SLOTS = 256;
const WORDS = 4;

/** The ids that were written last, each in the slot that its last digits say, and their bits: four words each, the highest first. */
const known = new Array<string>(SLOTS).fill('');
export const bits = new Uint32Array(SLOTS * WORDS);

/** Returns where `bits` has those of an id of hex digits. Missing digits are zeros. They are there until the next call. */
export function bitsAt(id: string): number {
  const slot = slotOf(id);
  const at = slot * WORDS;
  if (known[slot] !== id) {
    known[slot] = id;
    for (let i = 0; i < WORDS; i++) bits[at + i] = word(id, id.length - (WORDS - i) * 8);
  }
  return at;
}

function slotOf(id: string): number {
  const end = id.length - 1;
  return (id.charCodeAt(end) | (id.charCodeAt(end - 1) << 4)) & (SLOTS - 1);
}

/** Reads eight hex digits as 32 bits. A negative `start` means leading zeros. */
function word(digits: string, start: number): number {
  let value = 0;
  for (let i = start < 0 ? 0 : start; i < start + 8; i++) {
    const code = digits.charCodeAt(i);
    // Of "0" to "9" the lower four bits are the value; of "a" to "f" they are 9 less. A branch would be guessed wrong too often.
    value = (value << 4) | ((code & 15) + (code >> 6) * 9);
  }
  return value;
}
