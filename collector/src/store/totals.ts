import type { Driver, Row, Statement } from './driver.js';

/** The numbers of a whole store, which are counted while it is written: to count them takes long in a large file. */
export class Totals {
  tasks = 0;
  events = 0;
  evictedTasks = 0;
  evictedEvents = 0;
  private readonly update: Statement;

  constructor(private readonly driver: Driver) {
    this.update = driver.prepare(
      'UPDATE totals SET tasks = ?, events = ?, evicted_tasks = ?, evicted_events = ?',
    );
  }

  load(): void {
    const [row] = this.driver.prepare('SELECT * FROM totals').all() as [Row];
    this.tasks = row['tasks'] as number;
    this.events = row['events'] as number;
    this.evictedTasks = row['evicted_tasks'] as number;
    this.evictedEvents = row['evicted_events'] as number;
  }

  store(): void {
    this.update.run(this.tasks, this.events, this.evictedTasks, this.evictedEvents);
  }
}
