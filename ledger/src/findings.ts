import type { Site } from './source.js';
import type { SourcePosition, Owner, OwnerKind } from './owner.js';

/** The kinds of findings. The names are public: policies, docblocks and baselines use them. */
export const findingKinds = [
  'late-console',
  'late-expect',
  'late-require',
  'unawaited-expect',
  'rejection',
  'exception',
  'open-handle',
  'listener',
  'pending-async',
  'slept-time',
  'fake-timers',
] as const;
/** A kind of finding, as named in the option `leaks`. */
export type FindingKind = (typeof findingKinds)[number];

/**
 * The kinds that are off unless they are enabled by name. A loop that waits for work is not a fault, and the timer
 * or socket that it waits on is found as an open handle. To wait in real time is slow, but not wrong.
 */
export const optInKinds: ReadonlySet<FindingKind> = new Set([
  'pending-async',
  'slept-time',
  'fake-timers',
]);

/** A finding, as plain data that can be sent to another process. */
export interface Finding {
  readonly kind: FindingKind;
  /** The thing that was found: `"console.log"`, `"interval"`, `"server"`, the name of a matcher. */
  readonly what: string;
  /** The text of a log, or the message of an error. */
  readonly message?: string;
  readonly owner: OwnerRecord;
  /** The name of the test or hook that was running when it happened, if it is not the owner. */
  readonly during?: string;
  /** The line to show. */
  readonly position?: SourcePosition;
  /** The line that threw the error, if it is another one. */
  readonly thrown?: SourcePosition;
  /** The spawn points that led there, latest first. */
  readonly chain: readonly Site[];
  /** The number of times that it was found. */
  readonly times: number;
}

/** The part of an owner that is sent with a finding. */
export interface OwnerRecord {
  readonly kind: OwnerKind;
  readonly name: string;
  readonly fullName: string;
  readonly position?: SourcePosition;
}

/** Returns the plain data of an owner. */
export function recordOf({ kind, name, fullName, position }: Owner): OwnerRecord {
  return { kind, name, fullName, ...(position && { position }) };
}

/** A finding and its owner, which is known only in this process. */
export interface Found {
  readonly finding: Finding;
  readonly owner: Owner;
}

/** Merges findings of the same kind, owner and position. Keeps the order in which they came. */
export class FindingList {
  readonly #byKey = new Map<string, Found>();

  add(owner: Owner, written: Omit<Finding, 'times' | 'owner'>): void {
    const { kind, what, position } = written;
    const { fullName, kind: of } = owner;
    const key = [kind, what, of, fullName, position?.file, position?.line, position?.column].join(
      '\0',
    );
    const before = this.#byKey.get(key)?.finding;
    const finding: Finding = before
      ? { ...before, times: before.times + 1 }
      : { ...written, owner: recordOf(owner), times: 1 };
    this.#byKey.set(key, { finding, owner });
  }

  /** Returns the findings and clears the list. */
  take(): Found[] {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    return all;
  }
}
