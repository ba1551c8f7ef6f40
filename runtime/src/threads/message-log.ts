import type { Baggage } from './baggage.js';

const HEAD = 2;
const SIZE = 16 * 1024;
const [OWNER, USED] = [0, 1];

/**
 * Memory that a creator shares with its worker. It holds the id of the worker's thread, and the baggage of each
 * message that was posted before the worker could answer, in order.
 */
export class MessageLog {
  private readonly head: Int32Array;
  private readonly text: Uint8Array;
  private lines: readonly string[] = [];
  private isFull = false;

  constructor(readonly memory = new SharedArrayBuffer(HEAD * 4 + SIZE)) {
    this.head = new Int32Array(memory, 0, HEAD);
    this.text = new Uint8Array(memory, HEAD * 4);
  }

  /** Sets the thread that the memory is for. */
  setOwner(threadId: number): void {
    Atomics.store(this.head, OWNER, threadId);
    Atomics.notify(this.head, OWNER);
  }

  /** Returns true if the memory is for that thread. Waits up to a second, since the creator may set it late. */
  isOwnedBy(threadId: number): boolean {
    Atomics.wait(this.head, OWNER, 0, 1000);
    return Atomics.load(this.head, OWNER) === threadId;
  }

  /**
   * Appends the baggage of the next message and returns a function that removes it again. Once an entry did not
   * fit, no more are added, because entries are matched to messages by their number.
   */
  append(baggage: Baggage | undefined): () => void {
    const used = Atomics.load(this.head, USED);
    const line = new TextEncoder().encode(`${baggage ? JSON.stringify(baggage) : ''}\n`);
    this.isFull ||= used + line.length > this.text.length;
    if (this.isFull) return () => undefined;
    this.text.set(line, used);
    Atomics.store(this.head, USED, used + line.length);
    return () => Atomics.store(this.head, USED, used);
  }

  /** Returns the baggage of a message by its number, from 0. */
  baggageOf(index: number): Baggage | undefined {
    if (index >= this.lines.length) {
      const text = new TextDecoder().decode(this.text.slice(0, Atomics.load(this.head, USED)));
      this.lines = text.split('\n').slice(0, -1);
    }
    const line = this.lines[index];
    return line ? (JSON.parse(line) as Baggage) : undefined;
  }
}
