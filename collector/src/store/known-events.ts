/** Words of an entry: two halves of the event id, the number of the task (from 1), the hash of the report. */
const WORDS = 4;
const FIRST_CAPACITY = 1 << 12;
/** How many events one generation knows. Two of them take 32 MB. */
const GENERATION = 1 << 19;

/** What is known of an event that comes in. */
export type Known = 'new' | 'same' | 'other';

/**
 * The events that were stored lately, so that one that comes again is stored once.
 *
 * There are two generations: when the newer one is full, the older one is forgotten. A task whose events may have been forgotten is
 * loaded again from the store before it gets more (`generation` says when a task was loaded).
 */
export class KnownEvents {
  private newer = new Table();
  private older = new Table();
  /** The number of the newer generation. */
  generation = 0;

  /** Returns true if all events of a task that was loaded in a generation are still known. */
  knowsSince(generation: number): boolean {
    return generation >= this.generation - 1;
  }

  /** Notes an event, and says if it was known: with the same report, or with another. */
  add(task: number, low: number, high: number, hash: number): Known {
    const before = this.older.find(task, low, high) ?? this.newer.find(task, low, high);
    if (before !== undefined) return before === hash ? 'same' : 'other';
    if (this.newer.size >= GENERATION) {
      this.older = this.newer;
      this.newer = new Table();
      this.generation++;
    }
    this.newer.insert(task, low, high, hash);
    return 'new';
  }

  /** Notes a stored event of a task that is being loaded. All of them stay known together, however many they are. */
  load(task: number, low: number, high: number, hash: number): void {
    if (this.newer.find(task, low, high) === undefined) this.newer.insert(task, low, high, hash);
  }

  /** Forgets everything. Nothing that was loaded before is known any more. */
  clear(): void {
    this.newer = new Table();
    this.older = new Table();
    this.generation += 2;
  }
}

/** A hash table in one array: open addressing, never more than half full. */
class Table {
  private entries = new Uint32Array(FIRST_CAPACITY * WORDS);
  private capacity = FIRST_CAPACITY;
  size = 0;

  /** Returns the hash of an event's report, or undefined if the event is not here. */
  find(task: number, low: number, high: number): number | undefined {
    const at = this.slotOf(task, low, high);
    return this.entries[at + 2] === 0 ? undefined : this.entries[at + 3];
  }

  insert(task: number, low: number, high: number, hash: number): void {
    if (++this.size * 2 > this.capacity) this.grow();
    this.write(task, low, high, hash);
  }

  private write(task: number, low: number, high: number, hash: number): void {
    const at = this.slotOf(task, low, high);
    this.entries[at] = low;
    this.entries[at + 1] = high;
    this.entries[at + 2] = task;
    this.entries[at + 3] = hash;
  }

  /** Returns where an event is, or where it would be. */
  private slotOf(task: number, low: number, high: number): number {
    const { entries } = this;
    // Ids are random where programs make them. A sender that chooses them must not make the table slow: each word is mixed
    // before the next one is added, so that they cannot cancel each other.
    let mixed = Math.imul(low ^ SEED, 0x85ebca6b);
    mixed = Math.imul((mixed ^ (mixed >>> 13)) + high, 0xc2b2ae35);
    mixed = Math.imul((mixed ^ (mixed >>> 16)) + task, 0x27d4eb2f);
    mixed ^= mixed >>> 15;
    for (let slot = mixed; ; slot++) {
      const at = (slot & (this.capacity - 1)) * WORDS;
      if (entries[at + 2] === 0) return at;
      if (entries[at] === low && entries[at + 1] === high && entries[at + 2] === task) return at;
    }
  }

  private grow(): void {
    const { entries } = this;
    this.capacity *= 2;
    this.entries = new Uint32Array(this.capacity * WORDS);
    for (let at = 0; at < entries.length; at += WORDS) {
      if (entries[at + 2] === 0) continue;
      this.write(entries[at + 2]!, entries[at]!, entries[at + 1]!, entries[at + 3]!);
    }
  }
}

const SEED = Math.trunc(Math.random() * 0xffffffff);
