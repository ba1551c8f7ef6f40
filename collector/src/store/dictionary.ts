/** How many texts a store numbers. Beyond it, texts are written out. */
const MAX_TEXTS = 65_536;
/** The longest text that gets a number, in bytes. */
const MAX_BYTES = 96;
/** How many texts that came once are remembered. */
const MAX_SEEN = 16_384;

/** The number of a text that is to be written out. */
export const WRITTEN_OUT = -1;

/**
 * Numbers texts that come again and again: names of hosts and fields, labels, sources. A text gets its number when it comes for
 * the second time, so that those with an id in them get none.
 *
 * It compares bytes with bytes: to make a string of each would cost more than to store the event.
 */
export class Dictionary {
  /** Texts by number. */
  private readonly texts: Uint8Array[] = [];
  /** Numbers by hash, plus one; open addressing. */
  private slots = new Uint32Array(4096);
  private seen = new Set<number>();
  /** How many texts the file has. Those above are new. */
  private stored = 0;

  /** Takes in the texts of the file, in the order of their numbers. */
  load(texts: readonly Uint8Array[]): void {
    this.texts.length = 0;
    this.slots = new Uint32Array(4096);
    for (const text of texts) this.add(text, hashOf(text, 0, text.length));
    this.stored = this.texts.length;
  }

  /** Returns the number of a text, or `WRITTEN_OUT`. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_BYTES || length === 0) return WRITTEN_OUT;
    const hash = hashOf(bytes, start, end);
    const mask = this.slots.length - 1;
    for (let at = hash & mask; this.slots[at] !== 0; at = (at + 1) & mask) {
      const number = this.slots[at]! - 1;
      if (isSame(this.texts[number]!, bytes, start, length)) return number;
    }
    if (this.texts.length >= MAX_TEXTS) return WRITTEN_OUT;
    if (!this.seen.has(hash)) {
      if (this.seen.size >= MAX_SEEN) this.seen.clear();
      this.seen.add(hash);
      return WRITTEN_OUT;
    }
    return this.add(bytes.slice(start, end), hash);
  }

  /** Returns the texts that the file does not have yet, and the number of the first. */
  unstored(): { readonly first: number; readonly texts: readonly Uint8Array[] } {
    return { first: this.stored, texts: this.texts.slice(this.stored) };
  }

  /** Says that the file has all texts now. */
  confirm(): void {
    this.stored = this.texts.length;
  }

  /** Forgets the texts that could not be stored. */
  rollBack(): void {
    this.load(this.texts.slice(0, this.stored));
  }

  private add(text: Uint8Array, hash: number): number {
    const number = this.texts.push(text) - 1;
    if (this.texts.length * 2 > this.slots.length) this.grow();
    else this.insert(hash, number);
    return number;
  }

  private insert(hash: number, number: number): void {
    const mask = this.slots.length - 1;
    let at = hash & mask;
    while (this.slots[at] !== 0) at = (at + 1) & mask;
    this.slots[at] = number + 1;
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    for (const [number, text] of this.texts.entries()) {
      this.insert(hashOf(text, 0, text.length), number);
    }
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // Its low bits choose the slot, and FNV mixes them least.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function isSame(text: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text[i] !== bytes[start + i]) return false;
  return true;
}
