import { setLocal } from '../faces/slots.js';
import { branch, currentFrame, runIn } from '../kernel/index.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import { parseTraceParent } from '../operations/trace-context.js';
import { client } from '../xtrace/log.js';
import { metaContent } from './settings.js';

/**
 * Logs the load of the page as an operation, whose begin comes before everything that the page does. It goes on with the task of
 * the server, if that has named it: in `<meta name="traceparent">`, or in the header `Server-Timing` (`traceparent;desc="…"`).
 */
export function watchLoad(): void {
  const parent = parseTraceParent(metaContent('traceparent') ?? serverTiming());
  if (parent === undefined) client.startTask();
  else client.continueTask(parent.taskId, [parent.eventId]);
  const { pathname, host } = location;
  const load = beginOperation(`load ${pathname}`, 'client', {
    'url.path': pathname,
    'server.address': host,
  });
  setLocal(client.traceSlot, load.trace);
  const frame = currentFrame();
  const end = (): void => {
    runIn(branch(frame), () => endOperation(load, { status: 'ok' }), undefined, []);
  };
  if (document.readyState === 'complete') end();
  else globalThis.addEventListener('load', end, { once: true });
}

function serverTiming(): string | undefined {
  const [navigation] = (performance.getEntriesByType?.('navigation') ??
    []) as PerformanceNavigationTiming[];
  return navigation?.serverTiming?.find(({ name }) => name === 'traceparent')?.description;
}
