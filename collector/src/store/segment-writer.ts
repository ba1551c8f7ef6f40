import { eachReport } from '../reports/batch.js';
import type { BatchBytes } from '../reports/batch.js';
import { ReportView } from '../reports/report-view.js';
import { ByteBuffer, ByteReader } from './byte-buffer.js';
import { Dictionary } from './dictionary.js';
import type { Driver, Statement } from './driver.js';
import { KnownEvents } from './known-events.js';
import { ID_BYTES, writeEvent } from './segment-codec.js';
import type { Outcome } from './store.js';
import { bytesOf, NewEvents, TaskState } from './task-state.js';

/** How many events and bytes a row has before the next one is begun: a row that grows is written again. */
const SEGMENT_EVENTS = 128;
const SEGMENT_BYTES = 64 * 1024;
/** How many tasks are kept in memory to be added to. */
const MAX_TASKS = 16_384;
/** How many buffers wait for the next task. */
const MOST_POOLED = 256;
/** How many tasks one call of `evict` removes. */
const EVICTED_AT_ONCE = 256;
/** Eviction goes on until so much of the largest size is used, so that it is not needed at every batch. */
const EVICTED_TO = 0.95;

/** The numbers of the whole store. */
interface Totals {
  tasks: number;
  events: number;
  evictedTasks: number;
  evictedEvents: number;
}

/** Writes reports into segments. All of its methods are called inside a transaction, but for `committed` and `rolledBack`. */
export class SegmentWriter {
  private readonly dictionary = new Dictionary();
  private readonly known = new KnownEvents();
  /** By 53 bits of the id; tasks with the same key are linked by `next`. */
  private readonly tasks = new Map<number, TaskState>();
  private readonly changed = new Set<TaskState>();
  private readonly view = new ReportView();
  private readonly scratch = new ByteBuffer();
  private totals: Totals = { tasks: 0, events: 0, evictedTasks: 0, evictedEvents: 0 };
  /** How many tasks are in memory. */
  private states = 0;
  private nextTask = 1;
  private nextSegment = 1;
  /** Buffers that wait for the next task that gets events. */
  private readonly pool: NewEvents[] = [];
  /** SQLite's number that changes when another connection has written. */
  private dataVersion = -1;

  private readonly findWhole: Statement;
  private readonly findHalf: Statement;
  private readonly findAny: Statement;
  private readonly putTask: Statement;
  private readonly lastSegment: Statement;
  private readonly newSegment: Statement;
  private readonly growSegment: Statement;

  constructor(private readonly driver: Driver) {
    this.findWhole = driver.prepare('SELECT * FROM tasks WHERE low = ? AND upper = ? LIMIT 1');
    this.findHalf = driver.prepare('SELECT * FROM tasks WHERE low = ? AND upper IS NULL LIMIT 1');
    // The first of them, in memory as in the file.
    this.findAny = driver.prepare('SELECT * FROM tasks WHERE low = ? ORDER BY number LIMIT 1');
    this.putTask = driver.prepare(`
      INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (number) DO UPDATE SET
        upper = excluded.upper, title = excluded.title, title_event = excluded.title_event,
        title_time = excluded.title_time, events = excluded.events, errors = excluded.errors,
        first = excluded.first, last = excluded.last, processes = excluded.processes
    `);
    this.lastSegment = driver.prepare(
      'SELECT number, count, length(events) AS bytes FROM segments WHERE task = ? ORDER BY number DESC LIMIT 1',
    );
    this.newSegment = driver.prepare('INSERT INTO segments VALUES (?, ?, ?, ?, ?)');
    // Concatenation makes text of bytes, and the cast makes bytes of it again without a change.
    this.growSegment = driver.prepare(`
      UPDATE segments SET count = count + ?, ids = CAST(ids || ? AS BLOB),
        events = CAST(events || ? AS BLOB)
      WHERE number = ?
    `);
  }

  /** Begins a transaction: what another process has written since makes all that is in memory worthless. */
  begin(): void {
    const version = this.driver.pragma('data_version');
    if (version === this.dataVersion) return;
    this.dataVersion = version;
    this.forgetTasks();
    this.known.clear();
    const texts = this.driver.prepare('SELECT text FROM texts ORDER BY number').all();
    this.dictionary.load(texts.map(({ text }) => text as Uint8Array));
    const [totals] = this.driver.prepare('SELECT * FROM totals').all();
    this.totals = {
      tasks: totals!['tasks'] as number,
      events: totals!['events'] as number,
      evictedTasks: totals!['evicted_tasks'] as number,
      evictedEvents: totals!['evicted_events'] as number,
    };
    this.nextTask = this.nextNumber('tasks');
    this.nextSegment = this.nextNumber('segments');
  }

  private nextNumber(table: 'tasks' | 'segments'): number {
    const [last] = this.driver.prepare(`SELECT max(number) AS number FROM ${table}`).all();
    return ((last!['number'] as number | null) ?? 0) + 1;
  }

  committed(): void {
    this.dictionary.confirm();
  }

  /** Forgets what was not stored. */
  rolledBack(): void {
    this.dataVersion = -1;
    this.changed.clear();
  }

  write(batches: readonly BatchBytes[]): readonly Outcome[] {
    const outcomes = batches.map((batch) => this.writeBatch(batch));
    for (const task of this.changed) this.store(task);
    this.changed.clear();
    this.storeTexts();
    this.storeTotals();
    this.forgetOldTasks();
    return outcomes;
  }

  /** Removes some of the tasks that are too old or too much. Returns true if there is more to remove. */
  evict(
    { maxBytes, before }: { readonly maxBytes: number; readonly before: number },
    sizeOf: () => number,
  ): boolean {
    const size = sizeOf();
    const oldest = this.driver
      .prepare('SELECT number, last, events FROM tasks ORDER BY last, number DESC LIMIT ?')
      .all(EVICTED_AT_ONCE);
    const old = oldest.filter(({ last }) => (last as number) < before);
    const gone = size > maxBytes ? oldest : old;
    if (gone.length === 0) return false;
    const removeSegments = this.driver.prepare('DELETE FROM segments WHERE task = ?');
    const removeTask = this.driver.prepare('DELETE FROM tasks WHERE number = ?');
    for (const { number, events } of gone) {
      removeSegments.run(number!);
      removeTask.run(number!);
      this.totals.tasks--;
      this.totals.events -= events as number;
      this.totals.evictedTasks++;
      this.totals.evictedEvents += events as number;
      if (size > maxBytes && sizeOf() < maxBytes * EVICTED_TO) break;
    }
    this.storeTotals();
    this.forgetTasks();
    this.known.clear();
    return (
      gone.length === EVICTED_AT_ONCE && (size <= maxBytes || sizeOf() >= maxBytes * EVICTED_TO)
    );
  }

  private writeBatch(batch: BatchBytes): Outcome {
    const counts = { kept: 0, duplicates: 0, conflicts: 0, refused: 0 };
    let problem: string | undefined;
    try {
      eachReport(batch, (start, end) => {
        try {
          this.view.read(batch, start, end);
        } catch (error) {
          counts.refused++;
          problem = (error as Error).message;
          return;
        }
        counts[this.writeReport(start, end)]++;
      });
    } catch (error) {
      // What follows cannot be told apart: it counts as one.
      counts.refused++;
      problem = (error as Error).message;
    }
    return problem === undefined ? counts : { ...counts, problem };
  }

  private writeReport(start: number, end: number): 'kept' | 'duplicates' | 'conflicts' {
    const { view } = this;
    const task = this.taskOf(view);
    const { eventLow, eventHigh } = view;
    const hash = view.hash(start, end);
    const known = this.known.add(task.number, eventLow, eventHigh, hash);
    if (known !== 'new') return known === 'same' ? 'duplicates' : 'conflicts';
    const added = (task.added ??= this.pool.pop() ?? new NewEvents());
    added.ids.reserve(ID_BYTES);
    added.ids.word(eventLow);
    added.ids.word(eventHigh);
    added.ids.word(hash);
    writeEvent(view, added.events, this.scratch, this.dictionary);
    added.count++;
    task.count(view);
    this.totals.events++;
    this.changed.add(task);
    return 'kept';
  }

  /** Returns the task of a report, with all of its events known. */
  private taskOf(view: ReportView): TaskState {
    const key = (view.taskHigh & 0x1f_ffff) * 2 ** 32 + view.taskLow;
    const first = this.tasks.get(key);
    let task = first;
    while (task !== undefined && !task.owns(view)) task = task.next;
    if (task === undefined) {
      task = this.stored(view, first) ?? this.begun(view);
      this.states++;
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

  private begun({ taskLow, taskHigh, upperLow, upperHigh }: ReportView): TaskState {
    this.totals.tasks++;
    return new TaskState(this.nextTask++, taskLow, taskHigh, upperLow, upperHigh);
  }

  /** Returns the task of a report as the file has it. Those in memory, linked from `first`, may have changed since. */
  private stored(view: ReportView, first: TaskState | undefined): TaskState | undefined {
    const low = bytesOf(view.taskLow, view.taskHigh);
    const hasUpper = view.upperLow !== 0 || view.upperHigh !== 0;
    const rows = hasUpper
      ? [
          ...this.findWhole.all(low, bytesOf(view.upperLow, view.upperHigh)),
          ...this.findHalf.all(low),
        ]
      : this.findAny.all(low);
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

  /** Makes the stored events of a task known again. */
  private loadEvents(task: TaskState): void {
    const rows = this.driver.prepare('SELECT ids FROM segments WHERE task = ?').all(task.number);
    for (const { ids } of rows) {
      const reader = new ByteReader(ids as Uint8Array);
      while (reader.at < reader.bytes.length) {
        const low = reader.word();
        const high = reader.word();
        this.known.load(task.number, low, high, reader.word());
      }
    }
    // Those of this transaction are in no segment yet.
    const added = task.added && new ByteReader(task.added.ids.taken());
    while (added && added.at < added.bytes.length) {
      const low = added.word();
      const high = added.word();
      this.known.load(task.number, low, high, added.word());
    }
  }

  private store(task: TaskState): void {
    const added = task.added!;
    const ids = added.ids.taken();
    const events = added.events.taken();
    const { segment } = task;
    const fits =
      segment !== undefined &&
      segment.count + added.count <= SEGMENT_EVENTS &&
      segment.bytes + events.length <= SEGMENT_BYTES;
    if (fits) {
      this.growSegment.run(added.count, ids, events, segment.number);
      segment.count += added.count;
      segment.bytes += events.length;
    } else {
      const number = this.nextSegment++;
      this.newSegment.run(number, task.number, added.count, ids, events);
      task.segment = { number, count: added.count, bytes: events.length };
    }
    added.clear();
    if (this.pool.length < MOST_POOLED) this.pool.push(added);
    task.added = undefined;
    this.putTask.run(
      task.number,
      bytesOf(task.low, task.high),
      task.hasUpper ? bytesOf(task.upperLow, task.upperHigh) : null,
      task.title,
      Buffer.from(task.titleEvent, 'hex').reverse(),
      task.titleTime,
      task.events,
      task.errors,
      task.first,
      task.last,
      JSON.stringify(task.processes),
    );
  }

  private storeTexts(): void {
    const { first, texts } = this.dictionary.unstored();
    if (texts.length === 0) return;
    const insert = this.driver.prepare('INSERT INTO texts VALUES (?, ?)');
    for (const [i, text] of texts.entries()) insert.run(first + i, text);
  }

  private storeTotals(): void {
    const { tasks, events, evictedTasks, evictedEvents } = this.totals;
    this.driver
      .prepare('UPDATE totals SET tasks = ?, events = ?, evicted_tasks = ?, evicted_events = ?')
      .run(tasks, events, evictedTasks, evictedEvents);
  }

  private forgetTasks(): void {
    this.tasks.clear();
    this.states = 0;
  }

  /** Tasks that were not added to for long are read from the store when they are again. */
  private forgetOldTasks(): void {
    if (this.states <= MAX_TASKS) return;
    for (const [key, first] of this.tasks) {
      for (let at: TaskState | undefined = first; at; at = at.next) this.states--;
      this.tasks.delete(key);
      if (this.states <= MAX_TASKS / 2) return;
    }
  }
}

function lastOf(first: TaskState): TaskState {
  let last = first;
  while (last.next !== undefined) last = last.next;
  return last;
}
