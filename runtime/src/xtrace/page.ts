import { quote, ThroughlineError } from '../kernel/index.js';
import { client } from './log.js';

export type { EventId, TaskId } from './ids.js';
export type { Fields } from './log.js';
export type { ConnectOptions } from './node.js';
export type { Report } from './report.js';
export const { log, startTask, getTaskId, setTaskId, getEventId, setEventId, stats } = client;

// The client where there is no TCP: in pages and in React Native. Bundlers take it by the conditions
// `browser` and `react-native`, so that nothing of Node's is in their bundles.

/** Rejects: a page has no TCP. Tasks and events work; the newest events wait in a bounded queue. */
export function connect(address: string): Promise<void> {
  const refused = Promise.reject<never>(
    new ThroughlineError(
      'TL_TRANSPORT_MISSING',
      `connect(${quote(address)}) needs TCP, which pages and React Native do not have. ` +
        `Connect where the code runs on Node, Bun or Deno; here, events are kept and not sent.`,
    ),
  );
  refused.catch(() => {});
  return refused;
}

/** Resolves to whether nothing waits: there is nobody to send to. */
export function flush(): Promise<boolean> {
  return Promise.resolve(client.state.queue.size === 0);
}
