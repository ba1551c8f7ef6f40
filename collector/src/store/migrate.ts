import { encodeReport } from '@throughline/runtime/report';
import { batchOf } from '../reports/batch.js';
import type { Driver } from './driver.js';
import { createTables } from './schema.js';
import { SegmentWriter } from './segment-writer.js';
import type { TraceEvent } from '../reports/trace-event.js';

/** How many events are read at once. */
const PAGE = 2000;

/**
 * Brings a file of version 0, which had one row per event with its contents as JSON, to the current version. Call it inside a
 * transaction.
 */
export function migrate(driver: Driver): void {
  driver.exec('ALTER TABLE events RENAME TO old_events; DROP TABLE tasks;');
  createTables(driver);
  const writer = new SegmentWriter(driver);
  writer.begin();
  const page = driver.prepare(`
    SELECT * FROM old_events WHERE (task, event) > (?, ?) ORDER BY task, event LIMIT ${PAGE}
  `);
  for (let after: [string, string] = ['', '']; ;) {
    const rows = page.all(...after);
    if (rows.length === 0) break;
    const events = rows.map((row) => ({
      ...(JSON.parse(row['report'] as string) as Omit<TraceEvent, 'taskId'>),
      taskId: row['task'] as string,
      eventId: row['event'] as string,
      timestamp: row['timestamp'] as number,
    }));
    writer.write([batchOf(events.map(encodeReport))]);
    writer.committed();
    after = [events.at(-1)!.taskId, events.at(-1)!.eventId];
  }
  driver.exec('DROP TABLE old_events;');
}
