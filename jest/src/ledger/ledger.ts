import { FindingList } from './findings.js';
import type { Found, FindingKind } from './findings.js';
import type { Cause, Listening, Site } from './source.js';
import type { Place, Task } from './task.js';

/** Something that a task began and that has an end. */
export interface Entry {
  readonly kind: Extract<FindingKind, 'open-handle' | 'listener' | 'pending-async'>;
  readonly what: string;
  /** Of what began at one place, only what has the most is found: a child has pipes, a server sockets. */
  readonly weight?: number;
  readonly owner: Task;
  readonly cause: Cause | undefined;
  /** The line that began it; asked for once, when it is reported. */
  readonly place?: () => Place | undefined;
  /** Whether it still matters; without it, it does until it is closed. */
  readonly isAlive?: () => boolean;
}

/** Something that happened, as it is told. */
export interface Incident {
  readonly kind: Exclude<FindingKind, Entry['kind']>;
  readonly what: string;
  readonly message?: string;
  readonly owner: Task;
  readonly cause: Cause | undefined;
  readonly place?: Place | undefined;
  readonly thrown?: Place;
  readonly during?: Task | undefined;
}

/**
 * Who began what, and what of it is still there. Knows tasks, not test runners; is told everything, and
 * looks at nothing by itself.
 */
export class Ledger {
  readonly #open = new Map<unknown, Entry>();
  readonly #listeners = new Listeners();
  readonly #findings = new FindingList();

  /** `chainOf` reads causes, which are those of whoever tells. */
  constructor(private readonly chainOf: (cause: Cause | undefined) => Site[]) {}

  /** Something began. `key` stands for it until `closed`. */
  opened(key: unknown, entry: Entry): void {
    this.#open.set(key, entry);
  }

  closed(key: unknown): void {
    this.#open.delete(key);
  }

  listened(listening: Listening, owner: Task | undefined, cause: Cause | undefined): void {
    this.#listeners.add(listening, owner, cause);
  }

  unlistened(listening: Listening, owner: Task | undefined): void {
    this.#listeners.remove(listening, owner);
  }

  /** These outlive every task, such as the process and the window. */
  outlive(...targets: readonly object[]): void {
    this.#listeners.outlive(targets);
  }

  happened({ owner, cause, place, during, ...what }: Incident): void {
    const chain = this.chainOf(cause);
    const at = place ?? placeOf(chain);
    this.#findings.add(owner, {
      ...what,
      ...(at && { place: at }),
      ...(during && during !== owner && { during: during.name }),
      chain,
    });
  }

  /** Whether something of a kind is still there, so that it is worth waiting for its end. */
  hasAlive(kind: Entry['kind']): boolean {
    return this.#alive().some((entry) => entry.kind === kind);
  }

  /** What is still there of tasks that are over becomes findings, and is forgotten. */
  settle(): void {
    const left = this.#alive().map((entry) => {
      const chain = this.chainOf(entry.cause);
      return { ...entry, chain, at: entry.place?.() ?? placeOf(chain) };
    });
    for (const { kind, what, weight = 0, owner, chain, at } of left) {
      const isPart = left.some(
        (other) =>
          (other.weight ?? 0) > weight &&
          other.owner === owner &&
          at !== undefined &&
          other.at?.file === at.file &&
          other.at.line === at.line,
      );
      if (!isPart) this.#findings.add(owner, { kind, what, ...(at && { place: at }), chain });
    }
    this.#open.clear();
    this.#listeners.clear();
  }

  /** Hands over what was found. */
  take(): Found[] {
    return this.#findings.take();
  }

  #alive(): Entry[] {
    const entries = [...this.#open.values(), ...this.#listeners.left()];
    return entries.filter(({ owner, isAlive }) => owner.isOver && (isAlive?.() ?? true));
  }
}

/** The line to look at: of the nearest spawn point, and where an async function was called. */
export function placeOf([nearest]: readonly Site[]): Place | undefined {
  if (nearest === undefined) return undefined;
  const { file, line, column } = nearest.calledAt ?? nearest;
  return { file, line, column };
}

/** What is known of one target. */
interface Target {
  readonly entries: { name: unknown; listener: unknown; entry: Entry }[];
  /** The one task that has dealt with it, as long as there is only one. */
  only: Task | undefined;
  outlives: boolean;
}

/**
 * Listeners that were added and not taken away. One matters when its target outlives the task: the
 * target is known to, or another task has dealt with it as well. A target of the task's own goes with
 * it.
 */
class Listeners {
  #targets = new Map<object, Target>();
  #lasting = new WeakSet<object>();

  add(listening: Listening, owner: Task | undefined, cause: Cause | undefined): void {
    const known = this.#touch(listening.target, owner);
    if (owner === undefined) return;
    const { name, listener } = listening;
    const isAlive = (): boolean => isListening(listening);
    known.entries.push({
      name,
      listener,
      entry: { kind: 'listener', what: String(name), owner, cause, isAlive },
    });
  }

  remove({ target, name, listener }: Listening, owner: Task | undefined): void {
    const { entries } = this.#touch(target, owner);
    const index = entries.findIndex((one) => one.name === name && one.listener === listener);
    if (index >= 0) entries.splice(index, 1);
  }

  outlive(targets: readonly object[]): void {
    for (const target of targets) this.#lasting.add(target);
  }

  left(): Entry[] {
    return [...this.#targets].flatMap(([target, { entries, outlives }]) =>
      outlives || this.#lasting.has(target) ? entries.map(({ entry }) => entry) : [],
    );
  }

  clear(): void {
    this.#targets = new Map();
  }

  #touch(target: object, owner: Task | undefined): Target {
    let known = this.#targets.get(target);
    if (known === undefined) {
      known = { entries: [], only: owner, outlives: owner === undefined };
      this.#targets.set(target, known);
    }
    // What a hook makes for a test is the test's: they share a scope.
    if (known.only?.scope !== owner?.scope) known.outlives = true;
    return known;
  }
}

/** Whether nobody took it away in a way that is not seen, as far as the target can be asked. */
function isListening({ target, name, listener, options }: Listening): boolean {
  const { once, signal } = Object(options) as { once?: boolean; signal?: { aborted?: boolean } };
  if (once || signal?.aborted) return false;
  const { listeners } = target as { listeners?: unknown };
  if (typeof listeners !== 'function') return true;
  const there: unknown = listeners.call(target, name);
  return !Array.isArray(there) || there.includes(listener);
}
