import type { Site } from './source.js';
import type { Place, Task, TaskKind } from './task.js';

/** What can be found. The names are public: policies, comments and baselines use them. */
export const findingKinds = [
  'late-console',
  'late-expect',
  'unawaited-expect',
  'rejection',
  'exception',
  'open-handle',
  'listener',
  'pending-async',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/**
 * Looked for only where it is asked for by its name: a loop that waits for work is no fault, and what it
 * waits on (a timer, a socket) is found anyhow.
 */
export const onRequest: ReadonlySet<FindingKind> = new Set(['pending-async']);

/** Something to report: plain data, so that it can cross to another process. */
export interface Finding {
  readonly kind: FindingKind;
  /** What it was: `"console.log"`, `"interval"`, `"server"`, the name of a matcher. */
  readonly what: string;
  /** What it said: the text of a log, the message of an error. */
  readonly message?: string;
  readonly task: TaskRecord;
  /** The task that was running when it happened, if that is another one. */
  readonly during?: string;
  /** The line to look at. */
  readonly place?: Place;
  /** Where an error was thrown, when that is another line. */
  readonly thrown?: Place;
  /** The spawn points that led there, the latest first. */
  readonly chain: readonly Site[];
  /** How often the same was found. */
  readonly times: number;
}

export interface TaskRecord {
  readonly kind: TaskKind;
  readonly name: string;
  readonly place?: Place;
}

export function recordOf({ kind, name, place }: Task): TaskRecord {
  return { kind, name, ...(place && { place }) };
}

/** A finding, and whose it is as long as that is known in this process. */
export interface Found {
  readonly finding: Finding;
  readonly owner: Task;
}

/** Findings of one kind, task and place are one finding. Kept in the order in which they came. */
export class FindingList {
  readonly #byKey = new Map<string, Found>();

  add(owner: Task, written: Omit<Finding, 'times' | 'task'>): void {
    const { kind, what, place } = written;
    const { name, kind: of } = owner;
    const key = [kind, what, of, name, place?.file, place?.line, place?.column].join('\0');
    const before = this.#byKey.get(key)?.finding;
    const finding: Finding = before
      ? { ...before, times: before.times + 1 }
      : { ...written, task: recordOf(owner), times: 1 };
    this.#byKey.set(key, { finding, owner });
  }

  /** Hands over what is there. */
  take(): Found[] {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    return all;
  }
}
