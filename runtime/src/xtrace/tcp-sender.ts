import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers';
import { warnOnce } from '../kernel/index.js';
import type { ReportQueue } from './queue.js';
import { encodeReports } from './report-writer.js';
import type { Report } from './report.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** How many reports are encoded at once. Bounded, so that the program never blocks for long. */
const BATCH = 500;
/** How long an event waits for others to be sent with it. Each write is a system call. */
const GATHERING_MS = 5;
/** The pause between batches that are full. */
const NEXT_BATCH_MS = 1;

/**
 * Sends reports from the queue to a collector over TCP, when the program is idle.
 *
 * Never keeps the process alive, never throws into the program, and reconnects with growing pauses. A batch
 * whose socket failed is sent again: the collector keeps an event once.
 */
export class TcpSender {
  private socket: Socket | undefined;
  private ready = false;
  private closed = false;
  private pauseMs = FIRST_PAUSE_MS;
  private scheduled = false;
  /** Batches that were written to the socket and not confirmed by it yet. */
  private readonly unconfirmed = new Set<readonly Report[]>();
  private readonly idle = new Set<() => void>();
  /** Resolves when the first attempt to connect has ended: to the error if it failed, else to undefined. */
  readonly firstAttempt: Promise<Error | undefined>;
  private firstAttemptOver: (error: Error | undefined) => void = () => {};

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly queue: ReportQueue,
  ) {
    this.firstAttempt = new Promise((resolve) => (this.firstAttemptOver = resolve));
    this.connect();
  }

  /** Schedules a send. Never sends at once, because the caller is in the middle of its own work. */
  wake(): void {
    if (this.scheduled || !this.ready) return;
    this.scheduled = true;
    const send = (): void => {
      this.scheduled = false;
      this.send();
    };
    // This must not keep the process alive: `flush` and `sendNow` send the rest at the end. A timer, because a
    // loop that has nothing else to do sleeps through an unreferenced immediate.
    setTimeout(send, this.queue.size < BATCH ? GATHERING_MS : NEXT_BATCH_MS).unref();
  }

  /** Resolves to true when everything queued so far has been sent, to false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (sent: boolean): void => {
        clearTimeout(timer);
        this.idle.delete(whenIdle);
        if (this.idle.size === 0) this.socket?.unref();
        resolve(sent);
      };
      const whenIdle = (): void => done(true);
      // The timer and the socket keep the process alive until then, and no longer.
      const timer = setTimeout(() => done(false), timeoutMs);
      this.idle.add(whenIdle);
      this.socket?.ref();
      this.send();
      this.tellIfIdle();
    });
  }

  /**
   * Writes as much as the operating system takes at once; the rest stays in the queue. For the moment before the
   * process ends, when nothing asynchronous runs any more.
   */
  sendNow(): void {
    if (!this.ready) return;
    const socket = this.socket!;
    // The socket reports a finished write later. What it still holds is what the system has not taken. After a
    // failed write it is not writable.
    while (socket.writable && socket.writableLength === 0) {
      for (const batch of this.unconfirmed) this.confirm(batch);
      if (this.queue.size === 0) return;
      this.writeBatch();
    }
  }

  /** Closes the connection and does not reconnect. */
  close(): void {
    this.closed = true;
    this.firstAttemptOver(new Error('the connection was closed before it was established'));
    this.socket?.end();
  }

  private connect(): void {
    const socket = createConnection({ host: this.host, port: this.port });
    this.socket = socket;
    if (this.idle.size === 0) socket.unref();
    socket.setNoDelay(true);
    socket.on('connect', () => {
      this.ready = true;
      this.pauseMs = FIRST_PAUSE_MS;
      this.firstAttemptOver(undefined);
      this.send();
    });
    // The server sends control messages only to clients that subscribe, and this one does not. Still, the stream
    // must be read for its end to be noticed.
    socket.resume();
    socket.on('drain', () => this.send());
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => this.reconnect(failure));
  }

  private reconnect(failure: Error | undefined): void {
    this.ready = false;
    this.socket = undefined;
    for (const batch of [...this.unconfirmed].reverse()) this.queue.putBack(batch);
    this.unconfirmed.clear();
    this.firstAttemptOver(failure ?? new Error('the collector closed the connection'));
    if (this.closed) return;

    const reason = failure ? `: ${failure.message}` : '';
    warnOnce(
      'TL_COLLECTOR_UNREACHABLE',
      `cannot reach the collector at ${this.host}:${this.port}${reason}; up to ${this.queue.limit} events are queued`,
    );
    // Randomised, or all processes of a fleet would reconnect at the same moment.
    const pauseMs = this.pauseMs * (0.5 + Math.random() / 2);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    setTimeout(() => {
      if (!this.closed) this.connect();
    }, pauseMs).unref();
  }

  private send(): void {
    if (!this.ready) return;
    if (this.socket!.writableNeedDrain) return;
    if (this.queue.size > 0) this.writeBatch();
    if (this.queue.size > 0) this.wake();
    this.tellIfIdle();
  }

  private writeBatch(): void {
    const batch = this.queue.take(BATCH);
    this.unconfirmed.add(batch);
    this.socket!.write(encodeReports(batch), (error) => {
      if (error) return;
      this.confirm(batch);
      this.tellIfIdle();
    });
  }

  private confirm(batch: readonly Report[]): void {
    if (this.unconfirmed.delete(batch)) this.queue.confirm(batch);
  }

  private tellIfIdle(): void {
    if (this.queue.size > 0 || this.unconfirmed.size > 0) return;
    for (const tell of [...this.idle]) tell();
  }
}
