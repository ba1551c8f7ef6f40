import type { Trace } from '@throughline/runtime/ledger';
import { newEventId, newTaskId } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import { isPromise } from '../is-promise.js';
import { latestOf } from './ancestry.js';
import { setBounded, shortTaskId, MOST_KEPT, now } from './event.js';
import type { TestEvent } from './event.js';

const LINK = /^([0-9a-f]{16,32})\/([0-9a-f]{16})$/;

const NONE: ReadonlyMap<string, TestEvent> = new Map();

/**
 * One run of a test, from its first hook to its last, with its events as one graph.
 *
 * A program may start tasks of its own in a test, such as one per request. They are part of the graph: their
 * first events come after the events before them, and events that join them come after their last.
 */
export class TestRun {
  #taskId: string | undefined;
  #firstEventId: string | undefined;
  // Created on first use, like its ids: most tests log nothing.
  #events: Map<string, TestEvent> | undefined;
  #forgotten = 0;
  /** The parents of the first event of each task that was started in the run. */
  #started: Map<string, readonly string[]> | undefined;
  /** The trace that its hooks and its function have reached, and the latest events in it. */
  #trace: Trace | undefined;
  #latest: readonly string[] = [];
  #settled: object[] | undefined;

  constructor(readonly attempt: number) {}

  // Created on first use: most tests log nothing.
  get taskId(): string {
    return (this.#taskId ??= newTaskId());
  }

  get firstEventId(): string {
    return (this.#firstEventId ??= newEventId());
  }

  /** The events of the run by id, oldest first. When there are too many, only the newest. */
  get events(): ReadonlyMap<string, TestEvent> {
    return this.#events ?? NONE;
  }

  /** The number of events that were dropped. */
  get droppedCount(): number {
    return this.#forgotten;
  }

  get trace(): Trace | undefined {
    return this.#trace;
  }

  /** Records that a strand of the test has started a task of its own. */
  noteTask(taskId: string, before: Trace): void {
    setBounded((this.#started ??= new Map()), shortTaskId(taskId), this.#idsOf(before));
  }

  /** Returns true for its own task and for tasks started in it. Compares half ids, which all protocols carry. */
  has(taskId: string): boolean {
    const half = shortTaskId(taskId);
    return half === shortTaskId(this.taskId) || (this.#started?.has(half) ?? false);
  }

  /** Makes later events come after those that this strand has logged or joined. */
  advanceTo(trace: Trace | undefined): void {
    if (trace === undefined) return;
    this.#trace = trace;
    this.#latest = this.#idsOf(trace);
  }

  /** Notes when a returned promise settles. Jest handles its rejection, so this hides none. */
  waitFor(result: unknown): void {
    if (!isPromise(result)) return;
    const settled = (): void => void (this.#settled ??= []).push(result);
    result.then(settled, settled);
  }

  /** Returns the promises that have settled since the last call. */
  takeSettled(): object[] {
    const settled = this.#settled ?? [];
    this.#settled = undefined;
    return settled;
  }

  /** Converts an event of the program to an event of this graph. */
  add({ fields = [], ...report }: Report): TestEvent {
    const linked = fields.flatMap(([key, value]) => (key === 'link' && this.#linked(value)) || []);
    const parents = [...new Set([...report.parentEventIds, ...linked])];
    const others = fields.filter(([key, value]) => key !== 'link' || !this.#linked(value));
    // The program's own collector has the event under this task id.
    const task = shortTaskId(report.taskId);
    if (this.#started?.has(task)) others.push(['task', task]);
    return {
      ...report,
      taskId: shortTaskId(this.taskId),
      parentEventIds: parents.length > 0 ? this.#latestOf(parents) : this.#before(report.taskId),
      timestamp: now(),
      ...(others.length > 0 && { fields: others }),
    };
  }

  remember(event: TestEvent): void {
    if (this.#events?.size === MOST_KEPT) this.#forgotten++;
    setBounded((this.#events ??= new Map()), event.eventId, event);
  }

  /** Returns the event that the run begins with. */
  firstEvent(label: string): TestEvent {
    return this.#own(this.firstEventId, [], label);
  }

  /** Returns the event that the run ends with, after everything that it has waited for. */
  lastEvent(): TestEvent {
    return this.#own(newEventId(), this.#latest, '');
  }

  /** Frees the memory of a finished run. */
  forget(): void {
    this.#trace = undefined;
    this.#events = undefined;
    this.#started = undefined;
  }

  #own(eventId: string, parentEventIds: readonly string[], label: string): TestEvent {
    return { taskId: shortTaskId(this.taskId), eventId, parentEventIds, timestamp: now(), label };
  }

  #idsOf({ taskId, latest, notes }: Trace): readonly string[] {
    const ids = latest.map(({ id }) => id);
    const linked = notes.flatMap((note) => {
      const [name, value] = note.split(' ') as [string, string];
      return (name === 'link' && this.#linked(value)) || [];
    });
    const all = [...ids, ...linked];
    return all.length > 0 ? this.#latestOf(all) : this.#before(taskId);
  }

  #latestOf(ids: readonly string[]): readonly string[] {
    // All other events come after the first.
    const others = ids.filter((id) => id !== this.firstEventId);
    return others.length === 0 ? ids : latestOf(this.events, others);
  }

  /** Returns the parents of the first event of a task. */
  #before(taskId: string): readonly string[] {
    return this.#started?.get(shortTaskId(taskId)) ?? this.#latest;
  }

  /** Returns the event id of a link, if the event belongs to this test. */
  #linked(link: string): string | undefined {
    const [, taskId, eventId] = LINK.exec(link) ?? [];
    if (taskId === undefined || eventId === undefined) return undefined;
    return this.has(taskId) || this.events.has(eventId) ? eventId : undefined;
  }
}
