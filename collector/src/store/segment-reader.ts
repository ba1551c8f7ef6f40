import { idOf } from '../reports/ids.js';
import type { EventCondition } from '../search/event-condition.js';
import type { Driver, Row, Statement, Value } from './driver.js';
import { EventSearch } from './event-search.js';
import { readSegment } from './segment-codec.js';
import { toColumns } from '../graph/task-columns.js';
import type { TaskCondition } from '../search/task-query.js';
import type {
  Evicted,
  StoreSize,
  TaskHistogram,
  TaskPage,
  TaskRange,
  TaskSlice,
  TaskSummary,
} from './store.js';
import { byTime } from '../reports/by-time.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { DURATION, tasksWhere } from './task-filter.js';
import { taskOrder } from './task-order.js';
import { wordsOf } from './task-state.js';

/** How many segments of a slice are read at once. */
const SEGMENTS_AT_ONCE = 64;

/** Reads what `SegmentWriter` has written, here or in another thread. */
export class SegmentReader {
  /** Looks into events, for conditions that one of them must meet. */
  readonly search: EventSearch;
  private readonly texts: string[] = [];
  private readonly findTask: Statement;
  private readonly segments: Statement;
  private readonly segmentsFrom: Statement;
  private readonly totals: Statement;
  private readonly newTexts: Statement;

  constructor(private readonly driver: Driver) {
    this.findTask = driver.prepare('SELECT number, low, upper, events FROM tasks WHERE low = ?');
    this.segments = driver.prepare(
      'SELECT ids, events FROM segments WHERE task = ? ORDER BY number',
    );
    this.segmentsFrom = driver.prepare(
      'SELECT number, ids, events FROM segments WHERE task = ? AND number >= ? ORDER BY number LIMIT ?',
    );
    this.search = new EventSearch(driver, (number) => this.textOf(number));
    this.totals = driver.prepare('SELECT * FROM totals');
    this.newTexts = driver.prepare('SELECT text FROM texts WHERE number >= ? ORDER BY number');
  }

  task(taskId: string): TraceEvent[] {
    const row = this.rowOf(taskId);
    if (row === undefined) return [];
    const events: TraceEvent[] = [];
    for (const segment of this.segments.all(row['number']!)) {
      for (const event of this.eventsOf(row, segment)) events.push(event);
    }
    return events.sort(byTime);
  }

  /** A cursor is the number of a segment, and how many of its events were returned: events are only ever added to the last one. */
  slice(taskId: string, after: string, limit: number): TaskSlice | undefined {
    const row = this.rowOf(taskId);
    if (row === undefined) return undefined;
    let [number, known] = cursorOf(after);
    const events: TraceEvent[] = [];
    for (let isMore = true; isMore && events.length < limit;) {
      const segments = this.segmentsFrom.all(row['number']!, number, SEGMENTS_AT_ONCE);
      isMore = segments.length === SEGMENTS_AT_ONCE;
      for (const segment of segments) {
        // The first one may be the last one of before: what it had then is known.
        const from = segment['number'] === number ? known : 0;
        const read = this.eventsOf(row, segment);
        for (let i = from; i < read.length; i++) events.push(read[i]!);
        [number, known] = [segment['number'] as number, read.length];
        if (events.length >= limit) break;
      }
    }
    const columns = toColumns(idOfRow(row), events);
    return { columns, total: row['events'] as number, next: `${number}:${known}` };
  }

  tasks({ offset, limit, where = [], order = 'last', reversed = false }: TaskRange): TaskPage {
    const { tasks: total, evicted } = this.size();
    const filter = tasksWhere(where, this.tasksWith);
    const matching = where.length === 0 ? total : this.count(filter.where, filter.values);
    const by = taskOrder(order, reversed, DURATION);
    // The order alone is found first, in an index where there is one: a page far down costs no reading of what is before it.
    const rows = this.driver
      .prepare(
        `SELECT * FROM tasks WHERE number IN
          (SELECT number FROM tasks WHERE ${filter.where} ORDER BY ${by}, number LIMIT ? OFFSET ?)
        ORDER BY ${by}, number`,
      )
      .all(...filter.values, limit, offset);
    const tasks = rows.map(summaryOf);
    return { tasks, matching, total, ...(evicted.tasks > 0 && { evicted }) };
  }

  histogram(conditions: readonly TaskCondition[], parts: number): TaskHistogram | undefined {
    const { where, values } = tasksWhere(conditions, this.tasksWith);
    const [range] = this.driver
      .prepare(`SELECT min(first) AS least, max(first) AS most FROM tasks WHERE ${where}`)
      .all(...values);
    if (range!['least'] === null) return undefined;
    const [from, to] = [range!['least'] as number, range!['most'] as number];
    const counts = new Array<number>(parts).fill(0);
    const failed = new Array<number>(parts).fill(0);
    const rows = this.driver
      .prepare(
        `SELECT min(CAST((first - ?) * ${parts} / ? AS INTEGER), ${parts - 1}) AS part,
          count(*) AS tasks, sum(errors > 0) AS failed
        FROM tasks WHERE ${where} GROUP BY part`,
      )
      .all(from, Math.max(1, to - from), ...values);
    for (const row of rows) {
      counts[row['part'] as number] = row['tasks'] as number;
      failed[row['part'] as number] = row['failed'] as number;
    }
    return { from, to, counts, failed };
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

  private count(where: string, values: readonly Value[]): number {
    const [row] = this.driver
      .prepare(`SELECT count(*) AS tasks FROM tasks WHERE ${where}`)
      .all(...values);
    return row!['tasks'] as number;
  }

  /** Returns the row of a task. Who knows only one half of an id means the task that has it. */
  private rowOf(taskId: string): Row | undefined {
    if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(taskId)) return undefined;
    const low = Buffer.from(taskId.slice(-16), 'hex').reverse();
    const upper = taskId.slice(0, -16);
    const rows = this.findTask.all(low);
    return (
      rows.find((row) => upperOf(row) === upper) ??
      rows.find((row) => upper === '' || isZero(upper) || upperOf(row) === '')
    );
  }

  private eventsOf(task: Row, segment: Row): TraceEvent[] {
    return readSegment(
      idOfRow(task),
      segment['ids'] as Uint8Array,
      segment['events'] as Uint8Array,
      (number) => this.textOf(number),
    );
  }

  private readonly tasksWith = (condition: EventCondition): string =>
    this.search.tasksWith(condition);

  private textOf(number: number): string {
    if (number >= this.texts.length) {
      for (const { text } of this.newTexts.all(this.texts.length)) {
        this.texts.push(Buffer.from(text as Uint8Array).toString());
      }
    }
    return this.texts[number]!;
  }
}

function cursorOf(text: string): [segment: number, known: number] {
  const [, segment, known] = /^(\d+):(\d+)$/.exec(text) ?? [];
  return [Number(segment ?? 0), Number(known ?? 0)];
}

function summaryOf(row: Row): TaskSummary {
  const processes = JSON.parse(row['processes'] as string) as [name: string, first: number][];
  return {
    taskId: idOfRow(row),
    title: row['title'] as string,
    events: row['events'] as number,
    errors: row['errors'] as number,
    processes: processes.sort(([, a], [, b]) => a - b).map(([name]) => name),
    tags: JSON.parse(row['tags'] as string) as string[],
    firstEvent: row['first'] as number,
    lastEvent: row['last'] as number,
    duration: ((row['ended'] ?? row['last']) as number) - (row['first'] as number),
  };
}

function idOfRow(row: Row): string {
  return upperOf(row) + idOf(...wordsOf(row['low'] as Uint8Array));
}

function upperOf(row: Row): string {
  return row['upper'] ? idOf(...wordsOf(row['upper'] as Uint8Array)) : '';
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
