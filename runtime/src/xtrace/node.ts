import { hostname } from 'node:os';
import { basename } from 'node:path';
import { threadId } from 'node:worker_threads';
import { shared, ThroughlineError, warnOnce } from '../kernel/index.js';
import { parseAddress } from './address.js';
import { client } from './log.js';
import { TcpSender } from './tcp-sender.js';

export type { EventId, TaskId } from './ids.js';
export type { Fields } from './log.js';
export type { Report } from './report.js';
export const { log, startTask, getTaskId, setTaskId, getEventId, setEventId, stats } = client;

export interface ConnectOptions {
  /** How events name this process. Default: the command line without the engine's path. */
  processName?: string;
  /** How many events wait while the collector is away, before the oldest is dropped. Default: 100,000. */
  maxQueuedEvents?: number;
  /** How long the end of the process waits for events to be sent, in milliseconds. Default: 1,000. */
  exitTimeoutMs?: number;
}

const connection = shared('xtrace-connection', {
  sender: undefined as TcpSender | undefined,
  exitTimeoutMs: 1000,
  listensForExit: false,
});

/**
 * Sends this process's events to a collector: `host:port`, or `:5563` for one on this machine.
 *
 * Resolves once connected. If the first attempt fails it rejects, and goes on trying in the
 * background with growing pauses; a program that does not care need not look at the promise.
 */
export function connect(address: string, options: ConnectOptions = {}): Promise<void> {
  const connected = start(address, options);
  // Not awaiting it is fine, and must not end the process.
  connected.catch(() => {});
  return connected;
}

async function start(address: string, options: ConnectOptions): Promise<void> {
  const { host, port } = parseAddress(address);
  const { queue, origin } = client.state;
  queue.limit = options.maxQueuedEvents ?? queue.limit;
  connection.exitTimeoutMs = options.exitTimeoutMs ?? connection.exitTimeoutMs;
  Object.assign(origin, {
    host: hostname(),
    processId: process.pid,
    processName: options.processName ?? commandLine(),
    threadId,
  });

  connection.sender?.close();
  const sender = new TcpSender(host, port, queue);
  connection.sender = sender;
  client.state.wake = () => sender.wake();
  flushAtExit();
  const failure = await sender.firstAttempt;
  if (failure) {
    throw new ThroughlineError(
      'TL_COLLECTOR_UNREACHABLE',
      `No collector answers at ${address}: ${failure.message}. Start one with "throughline serve".`,
      { cause: failure },
    );
  }
}

/**
 * Waits until every event logged so far was handed over. Resolves to false when `timeoutMs`
 * (default 5,000) passed first, or when there is nobody to send to.
 */
export function flush(timeoutMs = 5000): Promise<boolean> {
  return connection.sender?.flush(timeoutMs) ?? Promise.resolve(client.state.queue.size === 0);
}

function flushAtExit(): void {
  if (connection.listensForExit) return;
  connection.listensForExit = true;
  let flushed = false;
  process.on('beforeExit', () => {
    if (flushed || client.state.queue.size === 0) return;
    flushed = true;
    void flush(connection.exitTimeoutMs);
  });
  process.on('exit', () => {
    connection.sender?.sendNow();
    const { dropped, queued } = stats();
    if (dropped + queued > 0) {
      warnOnce(
        'TL_REPORTS_UNSENT',
        `${dropped + queued} events were not sent before the process ended`,
      );
    }
  });
}

/** The command line as a person typed it: the script's own name in place of its path. */
function commandLine(): string {
  const [, script = 'node', ...args] = process.argv;
  return [basename(script), ...args].join(' ');
}
