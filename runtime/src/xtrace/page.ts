import { quote, ThroughlineError } from '../kernel/index.js';
import { client } from './log.js';

export type { EventId, TaskId } from './ids.js';
export type { Fields } from './log.js';
export type { ConnectOptions } from './node.js';
export type { Report } from './report.js';
export const { log, startTask, getTaskId, setTaskId, getEventId, setEventId, stats } = client;

// The client for platforms without TCP: pages and React Native. Bundlers choose it by the conditions `browser`
// and `react-native`, so that their bundles contain no Node modules.

/**
 * Rejects with `TL_TRANSPORT_MISSING`, because pages and React Native have no TCP. Tasks and events work; the
 * newest events are kept in a bounded queue. The promise may be ignored.
 */
export function connect(address: string): Promise<void> {
  const refused = Promise.reject<never>(
    new ThroughlineError(
      'TL_TRANSPORT_MISSING',
      `connect(${quote(address)}) needs TCP, which browsers and React Native do not have. ` +
        `Call it only on Node, Bun or Deno; here, events are kept in memory and never sent.`,
    ),
  );
  refused.catch(() => {});
  return refused;
}

/** Resolves at once, to true if no event waits. There is no collector to send to. */
export function flush(): Promise<boolean> {
  return Promise.resolve(client.stats().queued === 0);
}
