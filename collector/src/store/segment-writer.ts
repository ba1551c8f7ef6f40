import type { BatchBytes } from '../reports/batch.js';
import { eachReadable } from '../reports/each-readable.js';
import { ReportView } from '../reports/report-view.js';
import { ByteBuffer } from './byte-buffer.js';
import { Dictionary } from './dictionary.js';
import type { Driver, Statement } from './driver.js';
import { evict } from './eviction.js';
import type { Limits } from './eviction.js';
import { KnownEvents } from './known-events.js';
import { ID_BYTES, writeEvent } from './segment-codec.js';
import type { Outcome } from './store.js';
import { TaskCache } from './task-cache.js';
import { bytesOf, NewEvents, TaskState } from './task-state.js';
import { Totals } from './totals.js';

/** How many events and bytes a row has before the next one is begun: a row that grows is written again. */
const SEGMENT_EVENTS = 128;
const SEGMENT_BYTES = 64 * 1024;
/** How many buffers wait for the next task. */
const MOST_POOLED = 256;

/** Writes reports into segments. All of its methods are called inside a transaction, but for `committed` and `rolledBack`. */
export class SegmentWriter {
  private readonly dictionary = new Dictionary();
  private readonly known = new KnownEvents();
  private readonly tasks: TaskCache;
  private readonly totals: Totals;
  private readonly changed = new Set<TaskState>();
  private readonly view = new ReportView();
  private readonly scratch = new ByteBuffer();
  private nextTask = 1;
  private nextSegment = 1;
  /** Buffers that wait for the next task that gets events. */
  private readonly pool: NewEvents[] = [];
  /** SQLite's number that changes when another connection has written. */
  private dataVersion = -1;

  private readonly putTask: Statement;
  private readonly newSegment: Statement;
  private readonly growSegment: Statement;
  private readonly newText: Statement;

  constructor(private readonly driver: Driver) {
    this.tasks = new TaskCache(driver, this.known, (view) => this.beginTask(view));
    this.totals = new Totals(driver);
    this.putTask = driver.prepare(`
      INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (number) DO UPDATE SET
        upper = excluded.upper, title = excluded.title, title_event = excluded.title_event,
        title_time = excluded.title_time, events = excluded.events, errors = excluded.errors,
        first = excluded.first, last = excluded.last, processes = excluded.processes, tags = excluded.tags,
        ended = excluded.ended
    `);
    this.newSegment = driver.prepare('INSERT INTO segments VALUES (?, ?, ?, ?, ?)');
    // Concatenation makes text of bytes, and the cast makes bytes of it again without a change.
    this.growSegment = driver.prepare(`
      UPDATE segments SET count = count + ?, ids = CAST(ids || ? AS BLOB),
        events = CAST(events || ? AS BLOB)
      WHERE number = ?
    `);
    this.newText = driver.prepare('INSERT INTO texts VALUES (?, ?)');
  }

  /** Begins a transaction: what another process has written since makes all that is in memory worthless. */
  begin(): void {
    const version = this.driver.pragma('data_version');
    if (version === this.dataVersion) return;
    this.dataVersion = version;
    this.forget();
    const texts = this.driver.prepare('SELECT text FROM texts ORDER BY number').all();
    this.dictionary.load(texts.map(({ text }) => text as Uint8Array));
    this.totals.load();
    this.nextTask = this.nextNumber('tasks');
    this.nextSegment = this.nextNumber('segments');
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
    this.totals.store();
    this.tasks.trim();
    return outcomes;
  }

  /** Removes some of the tasks that are too old or too much (`eviction.ts`). Returns true if there is more to remove. */
  evict(limits: Limits, sizeOf: () => number): boolean {
    const { removed, isMore } = evict(this.driver, this.totals, limits, sizeOf);
    if (removed > 0) this.forget();
    return isMore;
  }

  private writeBatch(batch: BatchBytes): Outcome {
    const counts = { kept: 0, duplicates: 0, conflicts: 0 };
    const unreadable = eachReadable(batch, this.view, (start, end) => {
      counts[this.writeReport(start, end)]++;
    });
    return { ...counts, ...unreadable };
  }

  private writeReport(start: number, end: number): 'kept' | 'duplicates' | 'conflicts' {
    const { view } = this;
    const task = this.tasks.of(view);
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
      JSON.stringify(task.tags),
      task.ended ?? null,
    );
  }

  private storeTexts(): void {
    const { first, texts } = this.dictionary.unstored();
    for (const [i, text] of texts.entries()) this.newText.run(first + i, text);
  }

  private beginTask({ taskLow, taskHigh, upperLow, upperHigh }: ReportView): TaskState {
    this.totals.tasks++;
    return new TaskState(this.nextTask++, taskLow, taskHigh, upperLow, upperHigh);
  }

  private nextNumber(table: 'tasks' | 'segments'): number {
    const [last] = this.driver.prepare(`SELECT max(number) AS number FROM ${table}`).all();
    return ((last!['number'] as number | null) ?? 0) + 1;
  }

  private forget(): void {
    this.tasks.clear();
    this.known.clear();
  }
}
