import { toColumns } from '../graph/task-columns.js';
import type { TaskCondition } from '../search/task-query.js';
import { cutText, isBetterName, MAX_PROCESSES, MAX_TAGS } from '../store/task-state.js';
import type {
  StoreSize,
  TASK_ORDERS,
  TaskHistogram,
  TaskPage,
  TaskRange,
  TaskSlice,
  TaskSummary,
} from '../store/store.js';
import type { TraceEvent } from '../reports/trace-event.js';
import { COLUMN_LIST } from './columns.js';
import type { Connection } from './connection.js';
import { numberOf } from './event-writer.js';
import { readRows } from './row-codec.js';
import type { StoredEvent } from './row-codec.js';
import { tasksWhere } from './task-filter.js';

/** A size that took longer than this to be found, in milliseconds, is told again for so many times as long. */
const SLOW_MS = 500;
const TOLD_AGAIN = 20;

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
    task, upper, events, errors, first, last, arrived, processes, tags, begun, ending,
    ending.1 != 0 AND ending.1 = begun.1 AS isEnded,
    if(isEnded AND ending.2 != concat(begun.2, ' ended'), ending.2, begun.2) AS title,
    if(isEnded, greatest(ending.3, first), last) - first AS duration
  FROM (
    SELECT
      summary.task AS task, if(summary.upper = 0, owners.owner, summary.upper) AS upper,
      uniqExactMerge(summary.events) AS events, uniqExactIfMerge(summary.errors) AS errors,
      minMerge(summary.first) AS first, maxMerge(summary.last) AS last,
      minMerge(summary.arrived) AS arrived, argMinMerge(summary.title) AS begun,
      argMinIfMerge(summary.ended) AS ending, minMapMerge(summary.processes) AS processes,
      minMapMerge(summary.tags) AS tags
    FROM (SELECT * FROM tasks WHERE ${condition}) AS summary
    GLOBAL ANY LEFT JOIN (${OWNERS}) AS owners ON summary.task = owners.task
    GROUP BY task, upper
  )`;
}

const SUMMARIES = summaries();

/** What tasks are sorted by: as it is, and the other way round. */
const ORDERS: Readonly<Record<(typeof TASK_ORDERS)[number], readonly [string, string]>> = {
  last: ['last DESC', 'last'],
  start: ['first DESC', 'first'],
  duration: ['duration DESC', 'duration'],
  events: ['events DESC', 'events'],
  errors: ['errors DESC', 'errors'],
  title: ['title', 'title DESC'],
};

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
  private known: { readonly size: StoreSize; readonly until: number } | undefined;

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
      ORDER BY ${ORDERS[order][reversed ? 1 : 0]}, arrived, task LIMIT ${limit} OFFSET ${offset}`,
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
      `SELECT least(intDiv((first - ${from}) * ${parts}, ${Math.max(1, to - from)}), ${parts - 1}) AS part,
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

  async size(): Promise<StoreSize> {
    const begun = Date.now();
    if (this.known !== undefined && begun < this.known.until) return this.known.size;
    const [row] = await this.connection.rows<[tasks: string, events: string]>(
      `SELECT count(), sum(events) FROM (${SUMMARIES})`,
    );
    const size = {
      tasks: Number(row![0]),
      events: Number(row![1]),
      bytes: await this.bytes(),
      // The server removes what is too old (TTL), and counts nothing.
      evicted: { tasks: 0, events: 0 },
    };
    const took = Date.now() - begun;
    this.known = { size, until: took > SLOW_MS ? begun + took * TOLD_AGAIN : 0 };
    return size;
  }

  /** Returns the size of the tables on the disks of all shards. */
  private async bytes(): Promise<number> {
    const [table] = await this.connection.rows<[string]>(
      "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'events'",
    );
    const [, cluster] = /^Distributed\('?([\w-]+)/.exec(table?.[0] ?? '') ?? [];
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
    const rows = await this.connection.rows<SummaryRow>(
      `SELECT toString(task), upper, begun.2, ending.2, isEnded, events, errors, processes, tags, first, last, duration
      FROM (${summaries(`task IN (${tasks})`)})`,
    );
    const byId = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row]));
    // One that is gone meanwhile, because it was too old, is left out.
    return ids.flatMap(([task, upper]) => {
      const row = byId.get(`${task} ${upper}`);
      return row === undefined ? [] : [summaryOf(row)];
    });
  }

  /** Finds the rows of a task. Who knows only one half of an id means the task that has it. */
  private async rowsOf(taskId: string): Promise<TaskRows | undefined> {
    if (!/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(taskId)) return undefined;
    const low = numberOf(taskId.slice(-16));
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

type SummaryRow = [
  ...[task: string, upper: string, begun: string, ended: string, isEnded: number],
  ...[events: string, errors: string, processes: [string[], string[]], tags: [string[], string[]]],
  ...[first: string, last: string, duration: string],
];

function summaryOf(row: SummaryRow): TaskSummary {
  const [task, upper, begun, ended, isEnded, events, errors, processes, tags] = row;
  const [first, last, duration] = row.slice(9) as string[];
  return {
    taskId: (upper === '0' ? '' : hexOf(upper)) + hexOf(task),
    title: cutText(isEnded && isBetterName(ended, begun) ? ended : begun),
    events: Number(events),
    errors: Number(errors),
    processes: inOrder(processes, MAX_PROCESSES),
    tags: inOrder(tags, MAX_TAGS),
    firstEvent: Number(first),
    lastEvent: Number(last),
    duration: Number(duration),
  };
}

/** Returns the first keys of a map that was two lists, by their values. */
function inOrder([keys, values]: readonly [string[], string[]], most: number): string[] {
  return keys
    .map((key, i) => [cutText(key), BigInt(values[i]!)] as const)
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key);
}

function readCursor(text: string): Map<number, number> {
  if (!/^(?:\d{1,10}:\d{1,16},?)*$/.test(text)) return new Map();
  const pairs = text.split(',').filter(Boolean);
  return new Map(pairs.map((pair) => pair.split(':').map(Number) as [number, number]));
}

/** A condition in SQL: a row is of a collector that the cursor does not know, or behind what it knows of that. */
function isAfter(cursor: ReadonlyMap<number, number>): string {
  if (cursor.size === 0) return '1';
  const known = [...cursor].map(([writer, seq]) => `(writer = ${writer} AND seq > ${seq})`);
  return `(${known.join(' OR ')} OR writer NOT IN (${[...cursor.keys()].join()}))`;
}

function hexOf(number: string): string {
  return BigInt(number).toString(16).padStart(16, '0');
}

function byTime(a: TraceEvent, b: TraceEvent): number {
  return a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : 1);
}
