import type { EventCondition } from '../search/event-condition.js';
import type { Driver, Statement } from './driver.js';
import { TextMatcher } from './text-matcher.js';

/** How many segments are looked at before others get their turn. */
const SEGMENTS_AT_ONCE = 512;
/** How many answers are kept. */
const MOST_ANSWERS = 16;
/** An answer that took longer than this, in milliseconds, is kept for so many times as long, though events have come. */
const SLOW_MS = 100;
const KEPT_FACTOR = 20;

interface Answer {
  /** Numbers of tasks, as JSON. */
  readonly tasks: string;
  /** How many events the store had. */
  readonly events: number;
  /** Until when it is good, whatever has come. */
  readonly until: number;
}

/**
 * Finds the tasks with an event that meets a condition, by a look at the texts of all events: a million in a second. It costs
 * nothing when events are stored, as an index would.
 */
export class EventSearch {
  private readonly answers = new Map<string, Answer>();
  private readonly segments: Statement;
  private readonly totals: Statement;

  /** `textOf` returns the text with a number. */
  constructor(
    driver: Driver,
    private readonly textOf: (number: number) => string,
  ) {
    this.segments = driver.prepare(
      'SELECT number, task, events FROM segments WHERE number > ? ORDER BY number LIMIT ?',
    );
    this.totals = driver.prepare('SELECT events FROM totals');
  }

  /** Finds out what `tasksWith` returns. Others get their turn meanwhile. */
  async prepare(conditions: readonly EventCondition[]): Promise<void> {
    for (const condition of conditions) {
      const key = keyOf(condition);
      const known = this.answers.get(key);
      const events = this.countEvents();
      if (known && (known.events === events || Date.now() < known.until)) continue;
      const begun = Date.now();
      const tasks = JSON.stringify(await this.find(condition));
      const took = Date.now() - begun;
      const until = took > SLOW_MS ? Date.now() + took * KEPT_FACTOR : 0;
      this.answers.delete(key);
      this.answers.set(key, { tasks, events, until });
      const [oldest] = this.answers.keys();
      if (this.answers.size > MOST_ANSWERS) this.answers.delete(oldest!);
    }
  }

  /** Returns the numbers of the tasks with an event that meets a condition, as JSON. It was prepared. */
  tasksWith(condition: EventCondition): string {
    return this.answers.get(keyOf(condition))?.tasks ?? '[]';
  }

  private countEvents(): number {
    return this.totals.all()[0]!['events'] as number;
  }

  private async find(condition: EventCondition): Promise<number[]> {
    const found = new Set<number>();
    const matcher = new TextMatcher(condition, this.textOf);
    for (let last = 0; ;) {
      const rows = this.segments.all(last, SEGMENTS_AT_ONCE);
      for (const { number, task, events } of rows) {
        last = number as number;
        if (found.has(task as number)) continue;
        if (matcher.isIn(events as Uint8Array)) found.add(task as number);
      }
      if (rows.length < SEGMENTS_AT_ONCE) return [...found];
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function keyOf({ field, name, operator, value }: EventCondition): string {
  return JSON.stringify([field, name, operator === '~', value]);
}
