import { warnOnce } from '../kernel/index.js';
import type { Batch } from './batch.js';
import { BLOCK_BYTES } from './queue.js';
import type { ReportQueue } from './queue.js';

/** The status of an answer to what will never be taken. */
const REFUSED = 400;
/** How long an event waits for others to be sent with it. */
const GATHERING_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/**
 * How long an answer may take. A worker at the edge may end with the request that it has served: then requests and timers of it are never
 * heard of again.
 */
const PATIENCE_MS = 5_000;
const LONGEST_PATIENCE_MS = 120_000;

// Read once: what the program puts in its place would see our requests.
const { fetch, setTimeout } = globalThis;

/**
 * Sends reports from the queue to a collector by HTTP, for platforms without TCP (docs/protocols.md). One request is on its way at
 * a time; what was not answered is sent again, with growing pauses.
 */
export class HttpSender {
  private readonly url: string;
  private sending: Promise<boolean> | undefined;
  /** The batch that is on its way. */
  private unanswered: Batch | undefined;
  /** When what is on its way is given up, and when a timer that was set must have run, as `Date.now()` has it. */
  private lostAt = 0;
  private wokenBy = 0;
  private patienceMs = PATIENCE_MS;
  private isLeft = false;
  private pauseMs = GATHERING_MS;

  constructor(
    base: string,
    private readonly queue: ReportQueue,
    private readonly onConfirmed: () => void,
  ) {
    this.url = new URL('/api/reports', base).href;
  }

  /** Schedules a request. */
  wake(): void {
    if (this.isLeft) return this.sendLast();
    const now = Date.now();
    if (now < this.wokenBy) return;
    this.wokenBy = now + this.pauseMs + PATIENCE_MS;
    setTimeout(() => {
      this.wokenBy = 0;
      void this.send();
    }, this.pauseMs);
  }

  /** Sends what is queued, and resolves to true if it has arrived. */
  async flush(): Promise<boolean> {
    const running = this.sending;
    if (running) {
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, this.patienceMs))]);
      if (this.sending === running) this.giveUp();
    }
    do if (!(await this.send())) return false;
    while (this.queue.size > 0);
    return true;
  }

  /**
   * Hands everything to the browser, which sends it though the page ends now. A request that is on its way may be broken off, so its
   * batch is sent again: the collector keeps an event once.
   */
  leave(): void {
    this.isLeft = true;
    this.sendLast();
    if (this.unanswered) this.sendAtEnd(this.unanswered);
  }

  /** A page that was left can come back (HTML, "pageshow"). */
  comeBack(): void {
    this.isLeft = false;
    if (this.queue.size > 0) this.wake();
  }

  private sendLast(): void {
    while (this.queue.size > 0) {
      const batch = this.queue.take();
      if (this.sendAtEnd(batch)) this.queue.confirm(batch);
      // One event that is too long must not keep those behind it.
      else if (batch.bytes.length > BLOCK_BYTES) this.queue.drop(batch);
      else return this.queue.putBack(batch);
    }
  }

  private sendAtEnd({ bytes }: Batch): boolean {
    return navigator.sendBeacon(this.url, bytes as Uint8Array<ArrayBuffer>);
  }

  private send(): Promise<boolean> {
    if (this.sending && Date.now() >= this.lostAt) this.giveUp();
    if (this.sending === undefined) {
      this.lostAt = Date.now() + this.patienceMs;
      const sending = this.sendBatch().finally(() => {
        if (this.sending === sending) this.sending = undefined;
      });
      this.sending = sending;
    }
    return this.sending;
  }

  /** Takes back what is on its way. The collector keeps an event once, should it have arrived. */
  private giveUp(): void {
    if (this.unanswered) this.queue.putBack(this.unanswered);
    this.unanswered = undefined;
    this.sending = undefined;
  }

  private async sendBatch(): Promise<boolean> {
    if (this.queue.size === 0) return true;
    const batch = this.queue.take();
    this.unanswered = batch;
    try {
      const body = batch.bytes as Uint8Array<ArrayBuffer>;
      const { ok, status } = await fetch(this.url, { method: 'POST', body });
      if (this.unanswered !== batch) {
        // It was given up too early: the connection is slow.
        this.patienceMs = Math.min(this.patienceMs * 2, LONGEST_PATIENCE_MS);
        return true;
      }
      if (status === REFUSED) {
        // Such as an event that is too long. It would be refused again.
        this.queue.drop(batch);
        warnOnce('TL_REPORTS_UNSENT', `the collector refused ${batch.count} events`);
        return true;
      }
      if (!ok) throw new Error(`it answers with ${status}`);
    } catch (error) {
      if (this.unanswered !== batch) return false;
      this.queue.putBack(batch);
      warnOnce(
        'TL_COLLECTOR_UNREACHABLE',
        `cannot reach the collector at ${this.url}: ${(error as Error).message}; up to ${this.queue.limit} events are queued`,
      );
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
      this.wake();
      return false;
    } finally {
      if (this.unanswered === batch) this.unanswered = undefined;
    }
    this.pauseMs = GATHERING_MS;
    this.queue.confirm(batch);
    this.onConfirmed();
    if (this.queue.size > 0) this.wake();
    return true;
  }
}
