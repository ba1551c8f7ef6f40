import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers';
import { warnOnce } from '../kernel/index.js';
import type { ReportQueue } from './queue.js';
import { encodeReports } from './report-writer.js';
import type { Report } from './report.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** How many reports are encoded at once, so that the program is never held up for long. */
const BATCH = 500;
/** How long an event waits for others to go with, in milliseconds: each write is a system call. */
const GATHERING_MS = 5;

/**
 * Carries reports from the queue to a collector over TCP, when the program is idle.
 *
 * It never keeps the process alive, never throws into the program, and reconnects with growing
 * pauses. A batch whose socket failed is sent again: the collector keeps an event once.
 */
export class TcpSender {
  private socket: Socket | undefined;
  private ready = false;
  private closed = false;
  private pauseMs = FIRST_PAUSE_MS;
  private scheduled = false;
  /** Batches handed to the socket that it has not confirmed. */
  private readonly unconfirmed = new Set<readonly Report[]>();
  private readonly idle = new Set<() => void>();
  /** Settles when the first attempt to connect is over. */
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

  /** Sends what is queued soon, but not now: the caller is in the middle of its own work. */
  wake(): void {
    if (this.scheduled || !this.ready) return;
    this.scheduled = true;
    const send = (): void => {
      this.scheduled = false;
      this.send();
    };
    // Not a reason to stay alive: what is left at the end is sent by `flush` and `sendNow`.
    if (this.queue.size < BATCH) setTimeout(send, GATHERING_MS).unref();
    else setImmediate(send).unref();
  }

  /** Resolves to true when everything queued so far was handed over, to false when time is up. */
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
   * Hands everything to the operating system at once, as far as it takes it: for the moment before
   * the process ends, when nothing asynchronous runs any more.
   */
  sendNow(): void {
    while (this.ready && this.queue.size > 0) this.writeBatch();
  }

  close(): void {
    this.closed = true;
    this.firstAttemptOver(new Error('closed before it was connected'));
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
    // The server routes control messages to whoever asks; nobody here does, but the stream has to
    // be read for its end to be seen.
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
      `no connection to the collector at ${this.host}:${this.port}${reason}; events wait, up to ${this.queue.limit}`,
    );
    // Spread out, or every process of a fleet knocks at the same moment.
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
      this.unconfirmed.delete(batch);
      this.tellIfIdle();
    });
  }

  private tellIfIdle(): void {
    if (this.queue.size > 0 || this.unconfirmed.size > 0) return;
    for (const tell of [...this.idle]) tell();
  }
}
