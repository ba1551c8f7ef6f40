import type { Report } from '@throughline/runtime/report';
import { isPromise } from '../matchers.js';
import { latestOf } from './ancestry.js';
import type { Trace } from './client.js';
import { keep, keptHalf, MOST_KEPT, newEventId, newTaskId, now } from './event.js';
import type { Event } from './event.js';

const LINK = /^([0-9a-f]{16,32})\/([0-9a-f]{16})$/;

/**
 * One run of a test, from its first hook to its last: what was logged in it, as one graph.
 *
 * A program may start tasks of its own in a test, one a request. They are parts of what the test has
 * caused, so here their first events come after what came before them, and what takes them in comes after
 * their last.
 */
export class TestRun {
  #taskId: string | undefined;
  #firstEventId: string | undefined;
  readonly #events = new Map<string, Event>();
  #forgotten = 0;
  /** By task that was started in it: the events that its first one comes after. */
  readonly #started = new Map<string, readonly string[]>();
  /** Where its hooks and its function have come to, and the events that they left there. */
  #trace: Trace | undefined;
  #latest: readonly string[] = [];
  readonly #settled: object[] = [];

  constructor(readonly attempt: number) {}

  // Most tests log nothing, and need no ids.
  get taskId(): string {
    return (this.#taskId ??= newTaskId());
  }

  get firstEventId(): string {
    return (this.#firstEventId ??= newEventId());
  }

  /** The events that were logged in it, by id, the oldest first; of very many, the newest. */
  get events(): ReadonlyMap<string, Event> {
    return this.#events;
  }

  /** How many there were that are not kept any more. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get trace(): Trace | undefined {
    return this.#trace;
  }

  /** A strand of the test has left its task. */
  started(taskId: string, before: Trace): void {
    keep(this.#started, keptHalf(taskId), this.#idsOf(before));
  }

  /** Whether a task is its own or was started in it. Some protocols carry half of a task's id. */
  has(taskId: string): boolean {
    const half = keptHalf(taskId);
    return half === keptHalf(this.taskId) || this.#started.has(half);
  }

  /** What runs next comes after what this strand has logged and taken in. */
  cameTo(trace: Trace | undefined): void {
    if (trace === undefined) return;
    this.#trace = trace;
    this.#latest = this.#idsOf(trace);
  }

  /** Jest waits for the promise that a hook or a test returns, which has handled it by then. */
  waitsFor(result: unknown): void {
    if (!isPromise(result)) return;
    const settled = (): void => void this.#settled.push(result);
    result.then(settled, settled);
  }

  /** Those that have settled since the last time. */
  takeSettled(): object[] {
    return this.#settled.splice(0);
  }

  /** An event of the program as one of this graph. */
  add({ fields = [], ...report }: Report): Event {
    const linked = fields.flatMap(([key, value]) => (key === 'link' && this.#linked(value)) || []);
    const parents = [...new Set([...report.parentEventIds, ...linked])];
    const others = fields.filter(([key, value]) => key !== 'link' || !this.#linked(value));
    // In its own collector, it is found by the id that the program has given it.
    const task = keptHalf(report.taskId);
    if (this.#started.has(task)) others.push(['task', task]);
    return {
      ...report,
      taskId: keptHalf(this.taskId),
      parentEventIds: parents.length > 0 ? this.#latestOf(parents) : this.#before(report.taskId),
      timestamp: now(),
      ...(others.length > 0 && { fields: others }),
    };
  }

  remember(event: Event): void {
    if (this.#events.size === MOST_KEPT) this.#forgotten++;
    keep(this.#events, event.eventId, event);
  }

  /** The event that it begins with. */
  first(label: string): Event {
    return this.#own(this.firstEventId, [], label);
  }

  /** The event that it ends with, after all that it has waited for. */
  last(): Event {
    return this.#own(newEventId(), this.#latest, '');
  }

  /** It is over, and nobody asks for its events any more. */
  forget(): void {
    this.#trace = undefined;
    this.#events.clear();
    this.#started.clear();
  }

  #own(eventId: string, parentEventIds: readonly string[], label: string): Event {
    return { taskId: keptHalf(this.taskId), eventId, parentEventIds, timestamp: now(), label };
  }

  #idsOf({ taskId, latest, links }: Trace): readonly string[] {
    const ids = latest.map(({ id }) => id);
    const linked = links.flatMap((link) => this.#linked(link) ?? []);
    const all = [...ids, ...linked];
    return all.length > 0 ? this.#latestOf(all) : this.#before(taskId);
  }

  #latestOf(ids: readonly string[]): readonly string[] {
    // All others come after the first.
    const others = ids.filter((id) => id !== this.firstEventId);
    return others.length === 0 ? ids : latestOf(this.#events, others);
  }

  /** What the first event of a task comes after. */
  #before(taskId: string): readonly string[] {
    return this.#started.get(keptHalf(taskId)) ?? this.#latest;
  }

  /** The event that a link names, if it is one of this test. */
  #linked(link: string): string | undefined {
    const [, taskId, eventId] = LINK.exec(link) ?? [];
    if (taskId === undefined || eventId === undefined) return undefined;
    return this.has(taskId) || this.#events.has(eventId) ? eventId : undefined;
  }
}
