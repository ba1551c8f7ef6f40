import { toColumns } from '../graph/task-columns.js';
import { fromDecimal, toDecimal } from '@throughline/runtime/report';
import type { TaskCondition } from '../search/task-query.js';
import { cutText, MAX_PROCESSES, MAX_TAGS } from '../store/task-state.js';
import type {
  StoreSize,
  TaskHistogram,
  TaskPage,
  TaskRange,
  TaskSlice,
  TaskSummary,
} from '../store/store.js';
import { byTime } from '../reports/by-time.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { COLUMN_LIST } from './columns.js';
import type { Connection } from './connection.js';
import { readRows } from './row-codec.js';
import type { StoredEvent } from './row-codec.js';
import { engineOf } from './schema.js';
import { tasksWhere } from './task-filter.js';
import { taskOrder } from '../store/task-order.js';

/** A size that took longer than this to be found, in milliseconds, is kept for so many times as long. */
const SLOW_MS = 500;
const KEPT_FACTOR = 20;

/** The half of a task's id that no report had. */
const NO_UPPER = '0'.repeat(16);

/**
 * To which task reports with only the lower half of an id belong: to the first that had the upper half. Whoever has no such reports
 * pays for nothing, because they are in partitions of their own.
 */
const OWNERS = `SELECT task, argMin(upper, since) AS owner FROM (
  SELECT task, upper, minMerge(arrived) AS since FROM tasks
  WHERE upper != 0 AND task GLOBAL IN (SELECT task FROM tasks WHERE upper = 0)
  GROUP BY task, upper
) GROUP BY task`;

/** One row for each task. `condition` is one of the columns that `tasks` is sorted by. */
function summaries(condition = '1'): string {
  return `SELECT
    task, upper, events, errors, first, last, arrived, processes, tags,
    arraySort(end -> end.3, arrayFilter(end -> end.1 = begun.1, ends))[1] AS ended,
    if(ended.1 != 0 AND ended.2 != concat(begun.2, ' ended'), ended.2, begun.2) AS title,
    if(ended.1 != 0, greatest(ended.3, first), last) - first AS duration
  FROM (
    SELECT
      summary.task AS task, if(summary.upper = 0, owners.owner, summary.upper) AS upper,
      uniqExactMerge(summary.events) AS events, uniqExactIfMerge(summary.errors) AS errors,
      minMerge(summary.first) AS first, maxMerge(summary.last) AS last,
      minMerge(summary.arrived) AS arrived, argMinMerge(summary.title) AS begun,
      groupUniqArrayIfMerge(summary.ends) AS ends, minMapMerge(summary.processes) AS processes,
      minMapMerge(summary.tags) AS tags
    FROM (SELECT * FROM tasks WHERE ${condition}) AS summary
    GLOBAL ANY LEFT JOIN (${OWNERS}) AS owners ON summary.task = owners.task
    GROUP BY task, upper
  )`;
}

/** The first keys of a map that was two lists, by their values, in SQL. */
function firstKeys(map: string, most: number): string {
  return `arraySlice(arraySort((key, value) -> value, ${map}.1, ${map}.2), 1, ${most})`;
}

const SUMMARIES = summaries();

/** Which rows of the table are of a task. */
interface TaskRows {
  /** The id of the task, whole if a report had the upper half. */
  readonly taskId: string;
  /** A condition in SQL. */
  readonly where: string;
  /** How many events there are. */
  readonly events: number;
}

/** Reads what `EventWriter` has written, here or in another collector. */
export class EventReader {
  private sizeAsked: Promise<StoreSize> | undefined;

  constructor(private readonly connection: Connection) {}

  async task(taskId: string): Promise<TraceEvent[]> {
    const rows = await this.rowsOf(taskId);
    if (rows === undefined) return [];
    const stored = await this.read(rows, '');
    return stored.map(({ event }) => event).sort(byTime);
  }

  /**
   * A cursor is, for each collector that has stored events of the task, the number of the last one that was returned: each stores its
   * own in order, and no clock has to be trusted.
   */
  async slice(taskId: string, after: string, limit: number): Promise<TaskSlice | undefined> {
    const rows = await this.rowsOf(taskId);
    if (rows === undefined) return undefined;
    const cursor = readCursor(after);
    const stored = await this.read(rows, `WHERE ${isAfter(cursor)} ORDER BY seq LIMIT ${limit}`);
    for (const { writer, seq } of stored) cursor.set(writer, seq);
    return {
      columns: toColumns(
        rows.taskId,
        stored.map(({ event }) => event),
      ),
      total: rows.events,
      next: [...cursor].map(([writer, seq]) => `${writer}:${seq}`).join(),
    };
  }

  async tasks(range: TaskRange): Promise<TaskPage> {
    const { offset, limit, where: conditions = [], order = 'last', reversed = false } = range;
    const { where, parameters } = tasksWhere(conditions);
    const { tasks: total } = await this.size();
    const matching = conditions.length === 0 ? total : await this.count(where, parameters);
    // The order is found first, with no more columns than it needs.
    const ids = await this.connection.rows<[task: string, upper: string]>(
      `SELECT toString(task), upper FROM (${SUMMARIES}) WHERE ${where}
      ORDER BY ${taskOrder(order, reversed, 'duration')}, arrived, task LIMIT ${limit} OFFSET ${offset}`,
      parameters,
    );
    return { tasks: await this.summariesOf(ids), matching, total };
  }

  async histogram(
    conditions: readonly TaskCondition[],
    parts: number,
  ): Promise<TaskHistogram | undefined> {
    const { where, parameters } = tasksWhere(conditions);
    const [range] = await this.connection.rows<[tasks: string, from: string, to: string]>(
      `SELECT count(), min(first), max(first) FROM (${SUMMARIES}) WHERE ${where}`,
      parameters,
    );
    if (Number(range![0]) === 0) return undefined;
    const [from, to] = [Number(range![1]), Number(range![2])];
    const counts = new Array<number>(parts).fill(0);
    const failed = new Array<number>(parts).fill(0);
    const rows = await this.connection.rows<[part: string, tasks: string, failed: string]>(
      `SELECT least(toUInt32(floor(toFloat64(first - ${from}) * ${parts} / ${Math.max(1, to - from)})), ${parts - 1}) AS part,
        count(), countIf(errors > 0)
      FROM (${SUMMARIES}) WHERE ${where} GROUP BY part`,
      parameters,
    );
    for (const [part, tasks, some] of rows) {
      counts[Number(part)] = Number(tasks);
      failed[Number(part)] = Number(some);
    }
    return { from, to, counts, failed };
  }

  /** Several who ask at once get the same answer. */
  size(): Promise<StoreSize> {
    if (this.sizeAsked !== undefined) return this.sizeAsked;
    const begun = Date.now();
    const asked = this.askSize();
    this.sizeAsked = asked;
    const forget = (): void => {
      this.sizeAsked = undefined;
    };
    asked.then(() => {
      const took = Date.now() - begun;
      if (took > SLOW_MS) setTimeout(forget, took * KEPT_FACTOR).unref();
      else forget();
    }, forget);
    return asked;
  }

  private async askSize(): Promise<StoreSize> {
    const [row] = await this.connection.rows<[tasks: string, events: string]>(
      `SELECT count(), sum(events) FROM (${SUMMARIES})`,
    );
    return {
      tasks: Number(row![0]),
      events: Number(row![1]),
      bytes: await this.bytesOnDisk(),
      // The server removes what is too old (TTL), and counts nothing.
      evicted: { tasks: 0, events: 0 },
    };
  }

  /** Returns the size of the tables on all shards. */
  private async bytesOnDisk(): Promise<number> {
    const engine = (await engineOf(this.connection, 'events')) ?? '';
    const [, cluster] = /^Distributed\('?([\w-]+)/.exec(engine) ?? [];
    const parts =
      cluster === undefined ? 'system.parts' : `clusterAllReplicas('${cluster}', system.parts)`;
    const [sum] = await this.connection.rows<[string]>(
      `SELECT sum(bytes_on_disk) FROM ${parts}
      WHERE active AND database = currentDatabase() AND match(table, '^(tasks|events)')`,
    );
    return Number(sum![0]);
  }

  private async count(where: string, parameters: Readonly<Record<string, string | number>>) {
    const [row] = await this.connection.rows<[string]>(
      `SELECT count() FROM (${SUMMARIES}) WHERE ${where}`,
      parameters,
    );
    return Number(row![0]);
  }

  private async summariesOf(ids: readonly (readonly [string, string])[]): Promise<TaskSummary[]> {
    if (ids.length === 0) return [];
    const tasks = ids.map(([task]) => task).join();
    const rows = await this.connection.objects<SummaryRow>(
      `SELECT toString(task) AS id, upper, title, events, errors, first, last, duration,
        ${firstKeys('processes', MAX_PROCESSES)} AS processes, ${firstKeys('tags', MAX_TAGS)} AS tags
      FROM (${summaries(`task IN (${tasks})`)})`,
    );
    const byId = new Map(rows.map((row) => [`${row.id} ${row.upper}`, row]));
    // One that is gone meanwhile, because it was too old, is left out.
    return ids.flatMap(([task, upper]) => {
      const row = byId.get(`${task} ${upper}`);
      return row === undefined ? [] : [summaryOf(row)];
    });
  }

  /** Finds the rows of a task. Who knows only one half of an id means the task that has it. */
  private async rowsOf(taskId: string): Promise<TaskRows | undefined> {
    if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(taskId)) return undefined;
    const low = toDecimal(taskId.slice(-16));
    const asked = taskId.slice(0, -16).replace(NO_UPPER, '');
    const found = await this.connection.rows<[upper: string, hex: string]>(
      `SELECT upper, lower(hex(upper)) FROM events WHERE task = ${low} GROUP BY upper ORDER BY min(seq)`,
    );
    const uppers = found.map(([number, hex]) => ({ number, hex: hex.padStart(16, '0') }));
    if (uppers.length === 0) return undefined;
    const [owner] = uppers.filter(({ hex }) => hex !== NO_UPPER);
    const half = uppers.find(({ hex }) => hex === NO_UPPER);
    const meant = asked === '' ? owner : uppers.find(({ hex }) => hex === asked);
    // Reports with half of the id are of the owner, or of a task whose upper half nobody knows.
    if (meant === undefined && (half === undefined || owner !== undefined)) return undefined;
    const numbers = [meant?.number, meant === owner ? half?.number : undefined];
    const where = `task = ${low} AND upper IN (${numbers.filter((one) => one !== undefined).join()})`;
    const [row] = await this.connection.rows<[string]>(
      `SELECT uniqExact(event) FROM events WHERE ${where}`,
    );
    return {
      taskId: (meant?.hex ?? '') + taskId.slice(-16),
      where,
      events: Number(row![0]),
    };
  }

  /** Reads events of a task in the order in which they were stored. One that is stored twice, by two collectors, is read once. */
  private async read({ taskId, where }: TaskRows, rest: string): Promise<StoredEvent[]> {
    const bytes = await this.connection.bytes(
      `SELECT ${COLUMN_LIST} FROM (
        SELECT ${COLUMN_LIST} FROM events WHERE ${where} ORDER BY seq LIMIT 1 BY event
      ) ${rest}`,
    );
    return readRows(bytes, taskId);
  }
}

/** A row of `SUMMARIES`. Numbers of 64 bits are texts. */
interface SummaryRow {
  readonly id: string;
  readonly upper: string;
  readonly title: string;
  readonly events: string;
  readonly errors: string;
  readonly first: string;
  readonly last: string;
  readonly duration: string;
  readonly processes: readonly string[];
  readonly tags: readonly string[];
}

function summaryOf(row: SummaryRow): TaskSummary {
  return {
    taskId: (row.upper === '0' ? '' : fromDecimal(row.upper)!) + fromDecimal(row.id)!,
    title: cutText(row.title),
    events: Number(row.events),
    errors: Number(row.errors),
    processes: row.processes.map(cutText),
    tags: row.tags.map(cutText),
    firstEvent: Number(row.first),
    lastEvent: Number(row.last),
    duration: Number(row.duration),
  };
}

/** Returns the cursor in a text: the beginning for a text that is none. */
function readCursor(text: string): Map<number, number> {
  const pairs = text.split(',');
  if (!pairs.every((pair) => /^\d{1,10}:\d{1,16}$/.test(pair))) return new Map();
  return new Map(pairs.map((pair) => pair.split(':').map(Number) as [number, number]));
}

/** A condition in SQL: a row is of a collector that the cursor does not know, or behind what it knows of that. */
function isAfter(cursor: ReadonlyMap<number, number>): string {
  if (cursor.size === 0) return '1';
  const known = [...cursor].map(([writer, seq]) => `(writer = ${writer} AND seq > ${seq})`);
  return `(${known.join(' OR ')} OR writer NOT IN (${[...cursor.keys()].join()}))`;
}
