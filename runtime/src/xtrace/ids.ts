import { quote, ThroughlineError } from '../kernel/index.js';

/** The id of a task: 128 bits as 32 lower-case hex digits, like a trace id of W3C Trace Context. */
export type TaskId = string;
/** The id of an event: 64 bits as 16 lower-case hex digits. */
export type EventId = string;

const WORDS = 1024;
const words = new Uint32Array(WORDS);
let used = WORDS;

/** Returns 32 random bits. They come from the cryptographic source in batches: each draw costs a system call. */
function word(): number {
  if (used === WORDS) {
    globalThis.crypto.getRandomValues(words);
    used = 0;
  }
  return words[used++]!;
}

/**
 * Returns a new task id. The lowest 56 bits are random (W3C Trace Context Level 2, "random-trace-id"). The top bit of the
 * lower half is 0, because the paper's client refuses ids that would be negative numbers.
 */
export function newTaskId(): TaskId {
  const low = word();
  return digits(word(), word()) + digits((word() & 0x7fffffff) | (low === 0 ? 1 : 0), low);
}

/** Returns a new event id: 63 random bits, never zero. */
export function newEventId(): EventId {
  return digits(word() & 0x7fffffff, word() | 1);
}

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Returns 64 bits as 16 hex digits, in one step. `toString(16)` of numbers beyond 31 bits goes through doubles
 * and takes seven times as long, and a concatenated string would have to be flattened when the event is sent.
 */
function digits(high: number, low: number): string {
  return String.fromCharCode(
    DIGITS[high >>> 28]!,
    DIGITS[(high >>> 24) & 15]!,
    DIGITS[(high >>> 20) & 15]!,
    DIGITS[(high >>> 16) & 15]!,
    DIGITS[(high >>> 12) & 15]!,
    DIGITS[(high >>> 8) & 15]!,
    DIGITS[(high >>> 4) & 15]!,
    DIGITS[high & 15]!,
    DIGITS[low >>> 28]!,
    DIGITS[(low >>> 24) & 15]!,
    DIGITS[(low >>> 20) & 15]!,
    DIGITS[(low >>> 16) & 15]!,
    DIGITS[(low >>> 12) & 15]!,
    DIGITS[(low >>> 8) & 15]!,
    DIGITS[(low >>> 4) & 15]!,
    DIGITS[low & 15]!,
  );
}

const DECIMAL = /^-?\d{1,20}$/;
const TWO_TO_64 = 1n << 64n;

/** Converts a signed or unsigned 64-bit decimal to 16 hex digits. Returns undefined for any other string. */
export function fromDecimal(text: string): EventId | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = BigInt(text);
  if (value >= TWO_TO_64 || value < -(TWO_TO_64 >> 1n)) return undefined;
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}

/** Returns the lower half of an id as the unsigned decimal that the paper's metadata carries. */
export function toDecimal(id: TaskId | EventId): string {
  return BigInt(`0x${lowerHalf(id)}`).toString();
}

/** Returns the lower 64 bits of an id, which X-Trace v4 and the paper's metadata carry, as 16 hex digits. */
export function lowerHalf(id: TaskId | EventId): string {
  return id.slice(-16).padStart(16, '0');
}

/** Pads a 64-bit task id to 32 hex digits. */
export function padTask(id: string): TaskId {
  return id.padStart(32, '0');
}

/** Returns true if two ids name the same task. One of them may have lost its upper half on the way. */
export function isSameTask(a: TaskId, b: TaskId): boolean {
  return a === b || (isPadded(a) !== isPadded(b) && lowerHalf(a) === lowerHalf(b));
}

/** Returns true if a task id was made with 64 bits and padded. */
export function isPadded(id: TaskId): boolean {
  return id.startsWith('0000000000000000');
}

const ID = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/;

/** Checks an id that the user passed and returns it in lower case and full length. Throws `TL_ID_INVALID`. */
export function checkId(what: 'task' | 'event', id: unknown): string {
  const text = typeof id === 'string' ? id.toLowerCase() : '';
  if (ID.test(text) && (what === 'task' || text.length === 16)) {
    return what === 'task' ? padTask(text) : text;
  }
  const expected = what === 'task' ? '32 (or 16) hex digits' : '16 hex digits';
  throw new ThroughlineError(
    'TL_ID_INVALID',
    `A ${what} id must be ${expected}, got ${quote(id)}.`,
  );
}
