import type { ReportView } from '../reports/report-view.js';
import { KnownEvents } from '../store/known-events.js';
import type { Known } from '../store/known-events.js';

/** How many tasks are kept in memory. */
const MAX_TASKS = 65_536;

/** A task whose stored events are known. */
export interface KnownTask {
  readonly number: number;
  readonly low: number;
  readonly high: number;
  readonly upperLow: number;
  readonly upperHigh: number;
  /** The generation of `KnownEvents` in which its events became known. */
  readonly knownSince: number;
  /** True if some of its events were read from the table, and may be missing in the summaries. */
  isDoubtful: boolean;
  /** The next task with the same key. */
  readonly next: KnownTask | undefined;
}

/**
 * What a collector remembers of the events that are stored, so that one that comes again is not stored again. What other collectors
 * store meanwhile is unknown here: it is stored twice then, and counted and read once.
 */
export class EventMemory {
  private readonly events = new KnownEvents();
  /** By 53 bits of the id. */
  private readonly tasks = new Map<number, KnownTask>();
  private count = 0;
  private lastNumber = 0;

  /** Returns the task of a report, if all of its stored events are known. */
  find(view: ReportView): KnownTask | undefined {
    for (let task = this.tasks.get(keyOf(view)); task !== undefined; task = task.next) {
      if (task.low !== view.taskLow || task.high !== view.taskHigh) continue;
      if (task.upperLow !== view.upperLow || task.upperHigh !== view.upperHigh) continue;
      return this.events.knowsSince(task.knownSince) ? task : undefined;
    }
    return undefined;
  }

  /** Begins to remember a task. Its stored events are to be loaded. */
  remember(view: ReportView): KnownTask {
    const { taskLow: low, taskHigh: high, upperLow, upperHigh } = view;
    const key = keyOf(view);
    const task: KnownTask = {
      ...{ number: ++this.lastNumber, low, high, upperLow, upperHigh, isDoubtful: false },
      ...{ knownSince: this.events.generation, next: this.tasks.get(key) },
    };
    this.tasks.set(key, task);
    this.count++;
    return task;
  }

  /** Notes an event that was read from the table. */
  load(task: KnownTask, low: number, high: number, hash: number): void {
    this.events.load(task.number, low, high, hash);
    task.isDoubtful = true;
  }

  /** Notes an event, and says if it was known. */
  add(task: KnownTask, low: number, high: number, hash: number): Known {
    return this.events.add(task.number, low, high, hash);
  }

  /** Forgets what is too much. Call it between two batches. */
  trim(): void {
    if (this.count > MAX_TASKS) this.clear();
  }

  /** Forgets everything, also when it is not known what was stored. */
  clear(): void {
    this.tasks.clear();
    this.count = 0;
    this.events.clear();
  }
}

function keyOf({ taskLow, taskHigh }: ReportView): number {
  return (taskHigh & 0x1f_ffff) * 2 ** 32 + taskLow;
}
