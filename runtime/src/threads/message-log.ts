import type { Cargo } from './baggage.js';

const HEAD = 2;
const SIZE = 16 * 1024;
const [OWNER, USED] = [0, 1];

/**
 * Memory that a creator and its worker share: which thread it is for, and for each message that was
 * posted before the worker could answer, in order, what goes along with it.
 */
export class Ledger {
  private readonly head: Int32Array;
  private readonly text: Uint8Array;
  private lines: readonly string[] = [];
  private isFull = false;

  constructor(readonly memory = new SharedArrayBuffer(HEAD * 4 + SIZE)) {
    this.head = new Int32Array(memory, 0, HEAD);
    this.text = new Uint8Array(memory, HEAD * 4);
  }

  /** Says whose it is. */
  belongsTo(threadId: number): void {
    Atomics.store(this.head, OWNER, threadId);
    Atomics.notify(this.head, OWNER);
  }

  /** Whether it is that thread's, which may have started before its creator could say so. */
  isOf(threadId: number): boolean {
    Atomics.wait(this.head, OWNER, 0, 1000);
    return Atomics.load(this.head, OWNER) === threadId;
  }

  /**
   * Notes what goes along with the next message; returns how to take that back. Once something had no
   * room, nothing goes along any more: the lines are counted.
   */
  note(cargo: Cargo | undefined): () => void {
    const used = Atomics.load(this.head, USED);
    const line = new TextEncoder().encode(`${cargo ? JSON.stringify(cargo) : ''}\n`);
    this.isFull ||= used + line.length > this.text.length;
    if (this.isFull) return () => undefined;
    this.text.set(line, used);
    Atomics.store(this.head, USED, used + line.length);
    return () => Atomics.store(this.head, USED, used);
  }

  /** What goes along with the message of that number, from 0. */
  cargoOf(index: number): Cargo | undefined {
    if (index >= this.lines.length) {
      const text = new TextDecoder().decode(this.text.slice(0, Atomics.load(this.head, USED)));
      this.lines = text.split('\n').slice(0, -1);
    }
    const line = this.lines[index];
    return line ? (JSON.parse(line) as Cargo) : undefined;
  }
}
