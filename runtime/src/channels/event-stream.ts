import { eventBefore, typeOf } from '../sockets/event-stream-texts.js';

/** What a program writes to a stream of server-sent events, piece by piece. */
export class EventStream {
  #isFirst = true;
  readonly #lines = new Lines();

  constructor(readonly mark: string) {}

  /** Returns the arguments of a call that writes, with an event of ours before each message that begins in the piece. */
  told(args: readonly unknown[]): readonly unknown[] {
    const [chunk, encoding] = args;
    const piece = isText(chunk, encoding) ? chunk : bytesOf(chunk, encoding);
    if (piece === undefined || piece.length === 0) return args;
    // What ends a line is one byte in UTF-8, and part of nothing else.
    const text = typeof piece === 'string' ? piece : piece.toString('latin1');
    const skipped = this.#isFirst ? byteOrderMark(text) : 0;
    this.#isFirst = false;
    const starts = this.#lines.startsIn(text, skipped, `event: ${typeOf(this.mark)}`);
    return starts.length === 0 ? args : [this.#with(piece, starts), ...args.slice(1)];
  }

  #with(piece: string | Buffer, starts: readonly number[]): string | Buffer {
    const ends = [...starts.slice(1), piece.length];
    const told = starts.map((start, i) => [eventBefore(this.mark), piece.slice(start, ends[i])]);
    const parts = [piece.slice(0, starts[0]), ...told.flat()];
    if (typeof piece === 'string') return parts.join('');
    return Buffer.concat(parts.map((one) => Buffer.from(one as string)));
  }
}

/** Finds where messages begin: at the first line with a field after an empty one (HTML, "interpreting an event stream"). */
class Lines {
  /** True if no field has come since the last empty line. */
  #isFresh = true;
  /** True at the begin of a line. */
  #isAtStart = true;
  /** True if the last character is a carriage return, which a line feed may still belong to. */
  #isReturned = false;
  /** True if the next message is one of which somebody else has told already. */
  #isTold = false;

  /** Returns the places in a piece, from one on. A message that begins with `told` says where the next one comes from. */
  startsIn(text: string, from: number, told: string): number[] {
    const starts: number[] = [];
    for (let at = from; at < text.length;) {
      const isFeed = text[at] === '\n';
      if (isFeed && this.#isReturned) {
        this.#isReturned = false;
        at++;
        continue;
      }
      LINE.lastIndex = at;
      const [whole, line, end] = LINE.exec(text) as unknown as [string, string, string];
      if (line !== '') this.#begin(line, at, told, starts);
      else if (this.#isAtStart && end !== '') this.#isFresh = true;
      this.#isAtStart = end !== '';
      this.#isReturned = end === '\r';
      at += whole.length;
    }
    return starts;
  }

  #begin(line: string, at: number, told: string, starts: number[]): void {
    if (!this.#isAtStart || !this.#isFresh || line.startsWith(':')) return;
    this.#isFresh = false;
    const tells = line.startsWith(told);
    if (!tells && !this.#isTold) starts.push(at);
    this.#isTold = tells;
  }
}

/** A line, and what ends it, if that is there. */
const LINE = /([^\r\n]*)(\r\n|\r|\n|$)/y;

function isText(chunk: unknown, encoding: unknown): chunk is string {
  const isUtf8 = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
  return typeof chunk === 'string' && isUtf8;
}

/** Returns what is written as bytes; undefined for what is nothing. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding as BufferEncoding);
  if (!(chunk instanceof Uint8Array)) return undefined;
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

/** Returns the length of the byte order mark that a stream may begin with: one character, or three bytes. */
function byteOrderMark(text: string): number {
  if (text.startsWith('\ufeff')) return 1;
  return text.startsWith('\xef\xbb\xbf') ? 3 : 0;
}
