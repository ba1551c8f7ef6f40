import { warnOnce } from '../kernel/index.js';
import type { Batch } from '../xtrace/batch.js';
import type { Origin } from '../xtrace/log.js';
import type { ReportQueue } from '../xtrace/queue.js';
import type { Sender } from '../xtrace/sender.js';
import { attributesOf } from './model.js';
import { readReports } from './report-reader.js';
import { post } from './request.js';
import type { OtlpSettings } from './settings.js';
import { SpanWriter } from './span-writer.js';

const BATCH = 500;
/** How long an event waits for others to be sent with it. */
const GATHERING_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const SCOPE = { name: '@throughline/runtime' };

/** A request that has not been taken yet. */
interface Request {
  readonly signal: 'traces' | 'logs';
  readonly contents: object;
}

/**
 * Sends reports from the queue to a receiver of OpenTelemetry, as spans and log records, by HTTP. One batch is on its way at a time;
 * what the receiver cannot take now is sent again, with growing pauses. Never keeps the process alive.
 */
export class OtlpSender implements Sender {
  private readonly writer: SpanWriter;
  private readonly resource: object;
  /** What was made of the batch that is on its way, and is not taken yet. */
  private requests: Request[] = [];
  private batch: Batch | undefined;
  private isRefused = false;
  private sending: Promise<boolean> | undefined;
  private pauseMs = GATHERING_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;
  /** There is no connection that could fail first. */
  readonly firstAttempt = Promise.resolve(undefined);

  constructor(
    private readonly settings: OtlpSettings,
    private readonly queue: ReportQueue,
    { host, processId, processName = 'node' }: Origin,
    private readonly onTaken: () => void,
  ) {
    this.writer = new SpanWriter(settings.resource.get('service.name') ?? processName);
    const attributes = attributesOf([
      ['service.name', processName],
      ['telemetry.sdk.name', 'throughline'],
      ['telemetry.sdk.language', 'nodejs'],
      ...(host === undefined ? [] : [['host.name', host] as const]),
      ...(processId === undefined ? [] : [['process.pid', String(processId)] as const]),
      ...settings.resource,
    ]);
    this.resource = { attributes };
  }

  wake(): void {
    if (this.timer !== undefined || this.isClosed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.send().catch(ignore);
    }, this.pauseMs).unref();
  }

  /** True while a span is open for what happens outside of operations. */
  get isOpen(): boolean {
    return this.writer.hasParts;
  }

  /** Also ends the spans for what happened outside of operations. */
  async flush(timeoutMs: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<false>((resolve) => {
      // It keeps the process alive, because the sockets do not.
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const isSent = await Promise.race([this.sendAll(Date.now() + timeoutMs), tooLate]);
    clearTimeout(timer);
    return isSent;
  }

  /** Nothing can be sent by HTTP when the process ends at once. */
  sendNow(): void {}

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.batch) this.queue.putBack(this.batch);
    this.batch = undefined;
    this.requests = [];
  }

  /** Tries until a time, in milliseconds since 1970. */
  private async sendAll(until: number): Promise<boolean> {
    for (;;) {
      const isSent = await this.send();
      if (this.isClosed) return false;
      if (!isSent) {
        const left = until - Date.now();
        if (left <= 0) return false;
        await new Promise((resolve) => setTimeout(resolve, Math.min(this.pauseMs, left)).unref());
      } else if (this.queue.size === 0) {
        this.requests.push(...this.requestsFor(Infinity));
        if (this.requests.length === 0) return true;
      }
    }
  }

  private send(): Promise<boolean> {
    this.sending ??= this.sendBatch().finally(() => {
      this.sending = undefined;
      this.goOn();
    });
    return this.sending;
  }

  /** Sends what is left at once if there is much of it, and else when more has gathered. */
  private goOn(): void {
    if (this.isClosed) return;
    if (this.queue.size >= BATCH && this.requests.length === 0) {
      setTimeout(() => this.send().catch(ignore), 0).unref();
    } else if (this.queue.size > 0 || this.requests.length > 0 || this.isOpen) this.wake();
  }

  /** Resolves to true if nothing is left of the batch. */
  private async sendBatch(): Promise<boolean> {
    if (this.batch === undefined && this.requests.length === 0) {
      this.batch = this.queue.take();
      this.writer.addAll(readReports(this.batch.bytes));
      this.requests = this.requestsFor(Date.now() * 1000);
    }
    for (let [next] = this.requests; next !== undefined; [next] = this.requests) {
      const { signal, contents } = next;
      const endpoint = this.settings[signal]!;
      const { kind, reason, pauseMs } = await post(signal, endpoint, contents);
      if (this.isClosed) return false;
      if (kind === 'retry') {
        this.warn('TL_COLLECTOR_UNREACHABLE', endpoint.url, `${reason}; it is tried again`);
        this.pauseMs = pauseMs ?? Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
        return false;
      }
      this.requests.shift();
      if (kind === 'refused') {
        this.isRefused = true;
        this.warn('TL_REPORTS_UNSENT', endpoint.url, `${reason}; what it was sent is lost`);
      }
    }
    this.pauseMs = GATHERING_MS;
    if (this.batch) this.queue[this.isRefused ? 'drop' : 'confirm'](this.batch);
    // Not after a refusal: the event that tells of it would be refused, too.
    if (!this.isRefused) this.onTaken();
    this.isRefused = false;
    this.batch = undefined;
    return true;
  }

  private requestsFor(now: number): Request[] {
    const { spans, records } = this.writer.take(now);
    const { traces, logs } = this.settings;
    const { resource } = this;
    const scope = SCOPE;
    const requests: Request[] = [];
    if (traces && spans.length > 0) {
      const contents = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
      requests.push({ signal: 'traces', contents });
    }
    if (logs && records.length > 0) {
      const contents = {
        resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: records }] }],
      };
      requests.push({ signal: 'logs', contents });
    }
    return requests;
  }

  private warn(
    code: 'TL_COLLECTOR_UNREACHABLE' | 'TL_REPORTS_UNSENT',
    url: URL,
    why: string,
  ): void {
    warnOnce(code, `the receiver of OpenTelemetry at ${url.origin}${url.pathname}: ${why}`);
  }
}

/** An error of ours must not end the program. What it was about is sent with the next batch, or not at all. */
function ignore(): void {}
