import { hostname } from 'node:os';
import { basename } from 'node:path';
import { threadId } from 'node:worker_threads';
import { shared, ThroughlineError, warnOnce } from '../kernel/index.js';
import { OtlpSender } from '../otlp/sender.js';
import { readSettings } from '../otlp/settings.js';
import { parseAddress } from './address.js';
import { client } from './log.js';
import { ReportQueue } from './queue.js';
import type { Sender } from './sender.js';
import { TcpSender } from './tcp-sender.js';

export type { EventId, TaskId } from './ids.js';
export type { Fields } from './log.js';
export type { Report } from './report.js';
export const { log, startTask, getTaskId, setTaskId, getEventId, setEventId, stats } = client;

/** Options of `connect`. */
export interface ConnectOptions {
  /** The name of this process in events. Default: the command line, without paths. */
  processName?: string;
  /** The token of the collector, if it wants one. Default: that of the variable THROUGHLINE_TOKEN. */
  token?: string;
  /** How many events may wait while the collector is unreachable; then the oldest are dropped. Default: 100,000. */
  maxQueuedEvents?: number;
  /**
   * How long the process waits at its end while no event can be sent, in milliseconds. Default: 1,000. It waits
   * longer while the collector takes events.
   */
  exitTimeoutMs?: number;
}

const connection = shared('xtrace-connection', {
  sender: undefined as Sender | undefined,
  exitTimeoutMs: 1000,
  listensForExit: false,
});

/**
 * Connects to a collector and sends it the events of this process. `address` is `host:port`, or `:5563` for a
 * collector on this machine; over TLS, it is `tls://host:port`, and for a Unix socket, `unix:/path`. The collector acknowledges what it has stored; the rest is sent again after a reconnect. An original
 * X-Trace server, which acknowledges nothing, is `pubsub://host:port`. A receiver of OpenTelemetry is `otlp+http://host:4318`, or
 * `otlp` for the one that OpenTelemetry's variables name: it gets spans and log records.
 *
 * Resolves once connected. Rejects with `TL_ADDRESS_INVALID` if the address is malformed, and with
 * `TL_COLLECTOR_UNREACHABLE` if the first attempt fails; it then keeps trying in the background, with growing
 * pauses. The promise may be ignored: its rejection never ends the process.
 */
export function connect(address: string, options: ConnectOptions = {}): Promise<void> {
  const connected = start(address, options);
  // A caller that ignores the promise must not get an unhandled rejection.
  connected.catch(() => {});
  return connected;
}

async function start(address: string, options: ConnectOptions): Promise<void> {
  const open = senderFor(address);
  const { origin } = client.state;
  const queue = ReportQueue.after(client.state.queue, options.maxQueuedEvents);
  client.state.queue = queue;
  connection.exitTimeoutMs = options.exitTimeoutMs ?? connection.exitTimeoutMs;
  Object.assign(origin, {
    host: hostname(),
    processId: process.pid,
    // A program without types may give a number.
    processName: String(options.processName ?? commandLine()),
    threadId,
  });

  connection.sender?.close();
  const sender = open(options, queue);
  connection.sender = sender;
  client.state.wake = () => sender.wake();
  flushAtExit();
  const failure = await sender.firstAttempt;
  if (failure) {
    throw new ThroughlineError(
      'TL_COLLECTOR_UNREACHABLE',
      `Cannot reach a collector at ${address}: ${failure.message}. Start one with "throughline serve".`,
      { cause: failure },
    );
  }
}

/** Checks an address, and returns what makes the sender for it. */
function senderFor(address: string): (options: ConnectOptions, queue: ReportQueue) => Sender {
  const { origin } = client.state;
  const [isOtlp, receiver] = /^otlp(?:\+(.*))?$/s.exec(address) ?? [];
  if (isOtlp !== undefined) {
    const settings = readSettings(process.env, receiver);
    return (_, queue) => new OtlpSender(settings, queue, origin, client.reportDropped);
  }
  const parsed = parseAddress(address);
  const certificate = process.env['THROUGHLINE_CERT'] || undefined;
  return ({ token = process.env['THROUGHLINE_TOKEN'] || undefined }, queue) =>
    new TcpSender(
      parsed,
      queue,
      token,
      client.reportDropped,
      () => client.state.wake(),
      certificate,
    );
}

/**
 * Waits until every event logged so far is stored by the collector. Resolves to true then, and to false if `timeoutMs`
 * milliseconds (default 5,000) pass first. Without `connect`, resolves at once, to true if no event waits.
 */
export function flush(timeoutMs = 5000): Promise<boolean> {
  return connection.sender?.flush(timeoutMs) ?? Promise.resolve(stats().queued === 0);
}

function flushAtExit(): void {
  if (connection.listensForExit) return;
  connection.listensForExit = true;
  let flushed = false;
  process.on('beforeExit', () => {
    if (flushed || (stats().queued === 0 && !connection.sender?.isOpen)) return;
    flushed = true;
    void flushWhileSending();
  });
  process.on('exit', () => {
    connection.sender?.sendNow();
    const { dropped, queued } = stats();
    const unsent = dropped + queued;
    if (unsent > 0) {
      const events = unsent === 1 ? '1 event was' : `${unsent} events were`;
      warnOnce('TL_REPORTS_UNSENT', `${events} not sent before the process ended`);
    }
  });
}

/**
 * Keeps the process alive until every event is sent, or none was for `exitTimeoutMs`. As Node does after any work that such a listener
 * begins, it emits `beforeExit` once more then.
 */
async function flushWhileSending(): Promise<void> {
  let before: number;
  do before = stats().sent;
  while (!(await flush(connection.exitTimeoutMs)) && stats().sent > before);
}

/** Returns the command line as a person would type it: the script's name instead of its path. */
function commandLine(): string {
  const [, script = 'node', ...args] = process.argv;
  return [basename(script), ...args].join(' ');
}
