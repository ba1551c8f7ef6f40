import type { ReportView } from '../reports/report-view.js';
import { KnownEvents } from '../store/known-events.js';
import type { Known } from '../store/known-events.js';

/** How many tasks are kept in memory, and how many begun operations in each of two generations. */
const MAX_TASKS = 65_536;
const MAX_BEGUN = 65_536;

/** A task whose stored events are known. */
export interface KnownTask {
  readonly number: number;
  readonly low: number;
  readonly high: number;
  readonly upperLow: number;
  readonly upperHigh: number;
  /** The generation of `KnownEvents` in which its events became known. */
  knownSince: number;
  /** The next task with the same key. */
  next: KnownTask | undefined;
}

/**
 * What a collector remembers of the events that are stored, so that one that comes again is not stored again, and that the end of an
 * operation finds its begin. What other collectors store meanwhile is unknown here; where it matters, summaries and reads are right
 * whatever comes twice.
 */
export class EventMemory {
  private readonly events = new KnownEvents();
  /** By 53 bits of the id. */
  private readonly tasks = new Map<number, KnownTask>();
  private count = 0;
  private lastNumber = 0;
  private begun = new Map<string, number>();
  private begunBefore = new Map<string, number>();

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
      ...{ number: ++this.lastNumber, low, high, upperLow, upperHigh },
      ...{ knownSince: this.events.generation, next: this.tasks.get(key) },
    };
    this.tasks.set(key, task);
    this.count++;
    return task;
  }

  load(task: KnownTask, low: number, high: number, hash: number): void {
    this.events.load(task.number, low, high, hash);
  }

  /** Notes an event, and says if it was known. */
  add(task: KnownTask, low: number, high: number, hash: number): Known {
    return this.events.add(task.number, low, high, hash);
  }

  /** Notes that an operation has begun. */
  begin(operation: string, time: number): void {
    if (this.begun.size >= MAX_BEGUN) {
      this.begunBefore = this.begun;
      this.begun = new Map();
    }
    this.begun.set(operation, time);
  }

  /** Returns when an operation began, if that is known. */
  beginOf(operation: string): number | undefined {
    return this.begun.get(operation) ?? this.begunBefore.get(operation);
  }

  /** Forgets what is too much. Call it between two batches. */
  trim(): void {
    if (this.count > MAX_TASKS) this.forgetTasks();
  }

  /** Forgets everything, when it is not known what was stored. */
  clear(): void {
    this.forgetTasks();
    this.begun.clear();
    this.begunBefore.clear();
  }

  private forgetTasks(): void {
    this.tasks.clear();
    this.count = 0;
    this.events.clear();
  }
}

function keyOf({ taskLow, taskHigh }: ReportView): number {
  return (taskHigh & 0x1f_ffff) * 2 ** 32 + taskLow;
}
