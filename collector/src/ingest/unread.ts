import type { Socket } from 'node:net';

/** How many bytes of unfinished messages all connections may hold. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/**
 * Counts the bytes of unfinished messages over all connections. When they are too many, the connection that holds most of them is
 * closed: it will not end its message soon.
 */
export class Unread {
  private readonly held = new Map<Socket, number>();
  private total = 0;
  /** How many connections were closed for it. */
  closed = 0;

  constructor(private readonly max = MAX_UNREAD_BYTES) {}

  /** Notes how many bytes a connection holds now. */
  set(socket: Socket, bytes: number): void {
    this.total += bytes - (this.held.get(socket) ?? 0);
    this.held.set(socket, bytes);
    if (this.total > this.max) this.closeLargest();
  }

  delete(socket: Socket): void {
    this.total -= this.held.get(socket) ?? 0;
    this.held.delete(socket);
  }

  private closeLargest(): void {
    let largest: Socket | undefined;
    for (const [socket, bytes] of this.held) {
      if (largest === undefined || bytes > this.held.get(largest)!) largest = socket;
    }
    if (largest === undefined) return;
    this.delete(largest);
    this.closed++;
    largest.destroy();
  }
}
