import { client, textsOf } from '../xtrace/log.js';
import { addEvent } from '../xtrace/trace.js';

/** Logs the times in which the page could not answer (Long Tasks API), where the browser tells of them. */
export function watchLongTasks(): void {
  if (typeof PerformanceObserver !== 'function') return;
  if (!PerformanceObserver.supportedEntryTypes?.includes('longtask')) return;
  const observer = new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) {
      const before = client.currentTrace();
      // Nothing of the page comes after it because of it.
      const fields = { duration: Math.round(duration), start: Math.round(startTime) };
      client.report(before, addEvent(before).id, 'long task', textsOf(before, fields));
    }
  });
  observer.observe({ type: 'longtask', buffered: true });
}
