import type { BatchBytes } from '../reports/batch.js';
import { eachReadable } from '../reports/each-readable.js';
import { toDecimal } from '@throughline/runtime/report';
import { idOf } from '../reports/ids.js';
import { OperationFields } from '../reports/operation-fields.js';
import { ReportView } from '../reports/report-view.js';
import { ByteBuffer, ByteReader } from '../store/byte-buffer.js';
import type { Outcome } from '../store/store.js';
import type { Connection } from './connection.js';
import { EventMemory } from './event-memory.js';
import type { KnownTask } from './event-memory.js';
import { writeRow } from './row-codec.js';

/** How many ids one query asks for: a server takes 256 kB of text. */
const IDS_PER_QUERY = 5000;

const ID = /^[0-9a-f]{16}$/;

/** The facts of a row, of which one object is used for all. */
interface Facts {
  endsLow: number;
  endsHigh: number;
  failed: boolean;
  hash: number;
  readonly writer: number;
  seq: number;
}

/** Writes reports into the table `events`. */
export class EventWriter {
  private readonly memory = new EventMemory();
  private readonly view = new ReportView();
  private readonly fields = new OperationFields();
  private readonly rows = new ByteBuffer(1024 * 1024);
  private readonly facts: Facts = {
    ...{ endsLow: 0, endsHigh: 0, failed: false, hash: 0, seq: 0 },
    // Another one for each start, and for each collector.
    writer: Math.trunc(Math.random() * 2 ** 32),
  };
  /** Ends when no batches are being written. */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: Connection) {}

  /**
   * Stores batches, after those that are being stored: cursors rely on that order. When it rejects, some of their rows may be stored,
   * and of those, some may be missing in the summaries.
   */
  write(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    const written = this.writing.then(() => this.writeNow(batches));
    this.writing = written.catch(() => {});
    return written;
  }

  private async writeNow(batches: readonly BatchBytes[]): Promise<readonly Outcome[]> {
    try {
      await this.learn(batches);
      this.rows.clear();
      const outcomes = batches.map((batch) => this.encode(batch));
      if (this.rows.length > 0) await this.connection.insert(this.rows.taken());
      this.memory.trim();
      return outcomes;
    } catch (error) {
      this.memory.clear();
      throw error;
    }
  }

  /** Finds out what is stored of the tasks in some batches. */
  private async learn(batches: readonly BatchBytes[]): Promise<void> {
    const { view, memory } = this;
    const unknown = new Map<string, KnownTask[]>();
    for (const batch of batches) {
      eachReadable(batch, view, () => {
        if (memory.find(view) !== undefined) return;
        const id = idOf(view.taskLow, view.taskHigh);
        const tasks = unknown.get(id);
        const task = memory.remember(view);
        if (tasks === undefined) unknown.set(id, [task]);
        else tasks.push(task);
      });
    }
    const ids = [...unknown.keys()];
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
      await this.load(ids.slice(at, at + IDS_PER_QUERY), unknown);
    }
  }

  private async load(
    ids: readonly string[],
    unknown: ReadonlyMap<string, readonly KnownTask[]>,
  ): Promise<void> {
    const bytes = await this.connection.bytes(
      `SELECT task, upper, event, hash FROM events WHERE task IN (${ids.map(toDecimal).join()}) ORDER BY seq`,
    );
    const reader = new ByteReader(bytes);
    while (reader.at < bytes.length) {
      const taskLow = reader.word();
      const tasks = unknown.get(idOf(taskLow, reader.word()))!;
      const [upperLow, upperHigh] = [reader.word(), reader.word()];
      const [low, high, hash] = [reader.word(), reader.word(), reader.word()];
      for (const task of tasks) {
        if (task.upperLow !== upperLow || task.upperHigh !== upperHigh) continue;
        this.memory.load(task, low, high, hash);
      }
    }
  }

  private encode(batch: BatchBytes): Outcome {
    const counts = { kept: 0, duplicates: 0, conflicts: 0 };
    const unreadable = eachReadable(batch, this.view, (start, end) => {
      counts[this.encodeReport(start, end)]++;
    });
    return { ...counts, ...unreadable };
  }

  private encodeReport(start: number, end: number): 'kept' | 'duplicates' | 'conflicts' {
    const { view, memory, facts } = this;
    // A batch with more tasks than are remembered may have made others unknown. What comes twice is stored twice then.
    const task = memory.find(view) ?? memory.remember(view);
    facts.hash = view.hash(start, end);
    const known = memory.add(task, view.eventLow, view.eventHigh, facts.hash);
    if (known === 'other') return 'conflicts';
    // One that is in the table may be missing in the summaries, if a server has failed between the two. To write it again is harmless.
    if (known === 'same' && !task.isDoubtful) return 'duplicates';
    this.readFields();
    // It grows from start to start, too, so that events are in the order in which they came.
    facts.seq = Math.max(facts.seq + 1, Date.now() * 1000);
    writeRow(view, this.rows, facts);
    return known === 'new' ? 'kept' : 'duplicates';
  }

  private readFields(): void {
    const { view, fields, facts } = this;
    facts.endsLow = facts.endsHigh = 0;
    facts.failed = false;
    if (view.pairCount === 0) return;
    fields.read(view);
    facts.failed = fields.isError;
    if (!fields.ends || !ID.test(fields.operation)) return;
    facts.endsHigh = parseInt(fields.operation.slice(0, 8), 16);
    facts.endsLow = parseInt(fields.operation.slice(8), 16);
  }
}
