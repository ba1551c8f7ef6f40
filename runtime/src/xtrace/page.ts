import { quote, ThroughlineError } from '../kernel/index.js';
import { sending } from './flushing.js';
import { HttpSender } from './http-sender.js';
import { client } from './log.js';
import type { ConnectOptions } from './node.js';
import { ReportQueue } from './queue.js';

export type { EventId, TaskId } from './ids.js';
export type { Fields } from './log.js';
export type { ConnectOptions } from './node.js';
export type { Report } from './report.js';
export const { log, startTask, getTaskId, setTaskId, getEventId, setEventId, stats } = client;

// The client for platforms without TCP: pages, workers at the edge, React Native. Bundlers choose it by the conditions `browser`
// and `react-native`, so that their bundles contain no Node modules.

let sender: HttpSender | undefined;

/**
 * Sends events to a collector by HTTP. `address` is the URL of its page, such as `http://127.0.0.1:4080`. Resolves when what was
 * logged before has arrived.
 *
 * Rejects with `TL_TRANSPORT_MISSING` for an address for TCP, which these platforms do not have, and with
 * `TL_COLLECTOR_UNREACHABLE` if the first attempt fails; it then keeps trying. The promise may be ignored.
 */
export function connect(address: string, options: ConnectOptions = {}): Promise<void> {
  const connected = start(address, options);
  connected.catch(() => {});
  return connected;
}

async function start(address: string, options: ConnectOptions): Promise<void> {
  if (!/^https?:\/\/./.test(address)) {
    throw new ThroughlineError(
      'TL_TRANSPORT_MISSING',
      `connect(${quote(address)}) needs TCP, which this platform does not have. Pass the URL of the collector's page instead, such as "http://127.0.0.1:4080".`,
    );
  }
  const { origin } = client.state;
  const queue = ReportQueue.after(client.state.queue, options.maxQueuedEvents);
  client.state.queue = queue;
  const { location } = globalThis as { location?: Location };
  origin.processName = String(
    options.processName ?? (location ? `page ${location.pathname}` : 'page'),
  );
  if (location) origin.host = location.host;
  const own = (sender = new HttpSender(address, queue, client.reportDropped));
  client.state.wake = () => own.wake();
  sending.flush = () => own.flush();
  globalThis.addEventListener?.('pagehide', () => own.leave());
  globalThis.addEventListener?.('pageshow', () => own.comeBack());
  if (await own.flush()) return;
  throw new ThroughlineError(
    'TL_COLLECTOR_UNREACHABLE',
    `Cannot reach a collector at ${address}. Start one with "throughline serve".`,
  );
}

/** Waits until every event logged so far is stored by the collector. Resolves to false if it cannot be reached. */
export function flush(): Promise<boolean> {
  return sender?.flush() ?? Promise.resolve(client.stats().queued === 0);
}
