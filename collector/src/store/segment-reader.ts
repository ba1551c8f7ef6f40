import { idOf } from '../reports/ids.js';
import type { Driver, Row, Statement } from './driver.js';
import { readSegment } from './segment-codec.js';
import type { Evicted, StoreSize, TaskPage, TaskSummary, TraceEvent } from './store.js';
import { wordsOf } from './task-state.js';

/** How many events are made into one part of JSON. */
const JSON_EVENTS = 1000;
const encoder = new TextEncoder();

/** Reads what `SegmentWriter` has written, here or in another thread. */
export class SegmentReader {
  private readonly texts: string[] = [];
  private readonly findTask: Statement;
  private readonly segments: Statement;
  private readonly page: Statement;
  private readonly totals: Statement;
  private readonly newTexts: Statement;

  constructor(private readonly driver: Driver) {
    this.findTask = driver.prepare('SELECT number, low, upper FROM tasks WHERE low = ?');
    this.segments = driver.prepare(
      'SELECT ids, events FROM segments WHERE task = ? ORDER BY number',
    );
    this.page = driver.prepare('SELECT * FROM tasks ORDER BY last DESC, number LIMIT ? OFFSET ?');
    this.totals = driver.prepare('SELECT * FROM totals');
    this.newTexts = driver.prepare('SELECT text FROM texts WHERE number >= ? ORDER BY number');
  }

  task(taskId: string): TraceEvent[] {
    if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(taskId)) return [];
    const low = Buffer.from(taskId.slice(-16), 'hex').reverse();
    const upper = taskId.slice(0, -16);
    const rows = this.findTask.all(low);
    // Who knows only one half means the task that has it.
    const meant =
      rows.find((row) => upperOf(row) === upper) ??
      rows.find((row) => upper === '' || isZero(upper) || upperOf(row) === '');
    if (meant === undefined) return [];
    const events: TraceEvent[] = [];
    for (const row of this.segments.all(meant['number']!)) {
      const read = readSegment(
        idOfRow(meant),
        row['ids'] as Uint8Array,
        row['events'] as Uint8Array,
        (number) => this.textOf(number),
      );
      for (const event of read) events.push(event);
    }
    return events.sort(byTime);
  }

  taskJson(taskId: string): readonly Uint8Array[] {
    const events = this.task(taskId);
    if (events.length === 0) return [];
    const parts = [encoder.encode(`{"taskId":${JSON.stringify(events[0]!.taskId)},"events":[`)];
    for (let at = 0; at < events.length; at += JSON_EVENTS) {
      const written = JSON.stringify(events.slice(at, at + JSON_EVENTS));
      parts.push(encoder.encode(`${at > 0 ? ',' : ''}${written.slice(1, -1)}`));
    }
    parts.push(encoder.encode(']}'));
    return parts;
  }

  tasks({ offset, limit }: { offset: number; limit: number }): TaskPage {
    const { tasks: total, evicted } = this.size();
    const tasks = this.page.all(limit, offset).map(summaryOf);
    return { tasks, total, ...(evicted.tasks > 0 && { evicted }) };
  }

  size(): StoreSize {
    const [row] = this.totals.all();
    const evicted: Evicted = {
      tasks: row!['evicted_tasks'] as number,
      events: row!['evicted_events'] as number,
    };
    const pages = this.driver.pragma('page_count') - this.driver.pragma('freelist_count');
    return {
      tasks: row!['tasks'] as number,
      events: row!['events'] as number,
      bytes: pages * this.driver.pragma('page_size'),
      evicted,
    };
  }

  private textOf(number: number): string {
    if (number >= this.texts.length) {
      for (const { text } of this.newTexts.all(this.texts.length)) {
        this.texts.push(Buffer.from(text as Uint8Array).toString());
      }
    }
    return this.texts[number]!;
  }
}

function summaryOf(row: Row): TaskSummary {
  const processes = JSON.parse(row['processes'] as string) as [name: string, first: number][];
  return {
    taskId: idOfRow(row),
    title: row['title'] as string,
    events: row['events'] as number,
    errors: row['errors'] as number,
    processes: processes.sort(([, a], [, b]) => a - b).map(([name]) => name),
    firstEvent: row['first'] as number,
    lastEvent: row['last'] as number,
  };
}

function idOfRow(row: Row): string {
  return upperOf(row) + idOf(...wordsOf(row['low'] as Uint8Array));
}

function upperOf(row: Row): string {
  return row['upper'] ? idOf(...wordsOf(row['upper'] as Uint8Array)) : '';
}

function byTime(a: TraceEvent, b: TraceEvent): number {
  return a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : 1);
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
