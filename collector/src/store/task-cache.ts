import type { ReportView } from '../reports/report-view.js';
import { ByteReader } from './byte-buffer.js';
import type { Driver, Row, Statement } from './driver.js';
import type { KnownEvents } from './known-events.js';
import { bytesOf, TaskState } from './task-state.js';

/** How many tasks are kept in memory to be added to. */
const MAX_TASKS = 16_384;

/** The tasks that events are being added to. A task that is not in memory is read from the file, with the ids of its events. */
export class TaskCache {
  /** By 53 bits of the id; tasks with the same key are linked by `next`. */
  private readonly tasks = new Map<number, TaskState>();
  private count = 0;
  private readonly findWhole: Statement;
  private readonly findHalf: Statement;
  private readonly findAny: Statement;
  private readonly lastSegment: Statement;
  private readonly idsOf: Statement;

  /** `begin` makes the task of a report that is the first of its task. */
  constructor(
    driver: Driver,
    private readonly known: KnownEvents,
    private readonly begin: (view: ReportView) => TaskState,
  ) {
    this.findWhole = driver.prepare('SELECT * FROM tasks WHERE low = ? AND upper = ? LIMIT 1');
    this.findHalf = driver.prepare('SELECT * FROM tasks WHERE low = ? AND upper IS NULL LIMIT 1');
    // The first of them, in memory as in the file.
    this.findAny = driver.prepare('SELECT * FROM tasks WHERE low = ? ORDER BY number LIMIT 1');
    this.lastSegment = driver.prepare(
      'SELECT number, count, length(events) AS bytes FROM segments WHERE task = ? ORDER BY number DESC LIMIT 1',
    );
    this.idsOf = driver.prepare('SELECT ids FROM segments WHERE task = ?');
  }

  /** Returns the task of a report, with all of its events known. */
  of(view: ReportView): TaskState {
    const key = (view.taskHigh & 0x1f_ffff) * 2 ** 32 + view.taskLow;
    const first = this.tasks.get(key);
    let task = first;
    while (task !== undefined && !task.owns(view)) task = task.next;
    if (task === undefined) {
      task = this.stored(view, first) ?? this.begin(view);
      this.count++;
      // At the end, so that a report with half of an id finds the task that came first.
      if (first === undefined) this.tasks.set(key, task);
      else lastOf(first).next = task;
      task.knownSince = this.known.generation;
    } else if (!this.known.knowsSince(task.knownSince)) {
      this.loadEvents(task);
      task.knownSince = this.known.generation;
    }
    return task;
  }

  /** Forgets everything, when the file is not what it was. */
  clear(): void {
    this.tasks.clear();
    this.count = 0;
  }

  /** Forgets the tasks that came first, when there are too many. All that was added to them is in the file. */
  trim(): void {
    if (this.count <= MAX_TASKS) return;
    for (const [key, first] of this.tasks) {
      for (let at: TaskState | undefined = first; at; at = at.next) this.count--;
      this.tasks.delete(key);
      if (this.count <= MAX_TASKS / 2) return;
    }
  }

  /** Returns the task of a report as the file has it. Those in memory, linked from `first`, may have changed since. */
  private stored(view: ReportView, first: TaskState | undefined): TaskState | undefined {
    const rows = this.rowsFor(view);
    if (rows.length === 0) return undefined;
    const inMemory = new Set<number>();
    for (let at = first; at !== undefined; at = at.next) inMemory.add(at.number);
    const task = rows
      .map((row) => TaskState.fromRow(row))
      .find((one) => !inMemory.has(one.number) && one.owns(view));
    if (task === undefined) return undefined;
    const [segment] = this.lastSegment.all(task.number);
    task.segment = segment && {
      number: segment['number'] as number,
      count: segment['count'] as number,
      bytes: segment['bytes'] as number,
    };
    this.loadEvents(task);
    return task;
  }

  private rowsFor({ taskLow, taskHigh, upperLow, upperHigh }: ReportView): readonly Row[] {
    const low = bytesOf(taskLow, taskHigh);
    if (upperLow === 0 && upperHigh === 0) return this.findAny.all(low);
    const [whole] = this.findWhole.all(low, bytesOf(upperLow, upperHigh));
    return whole === undefined ? this.findHalf.all(low) : [whole];
  }

  /** Makes the stored events of a task known again, and those of this transaction, which are in no segment yet. */
  private loadEvents(task: TaskState): void {
    for (const { ids } of this.idsOf.all(task.number)) this.loadIds(task, ids as Uint8Array);
    if (task.added !== undefined) this.loadIds(task, task.added.ids.taken());
  }

  private loadIds({ number }: TaskState, ids: Uint8Array): void {
    const reader = new ByteReader(ids);
    while (reader.at < ids.length) {
      const low = reader.word();
      const high = reader.word();
      this.known.load(number, low, high, reader.word());
    }
  }
}

function lastOf(first: TaskState): TaskState {
  let last = first;
  while (last.next !== undefined) last = last.next;
  return last;
}
