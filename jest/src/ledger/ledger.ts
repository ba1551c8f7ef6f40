import { FindingList } from './findings.js';
import type { Found, FindingKind } from './findings.js';
import type { Cause, Listening, Site } from './source.js';
import type { SourcePosition, Owner } from './owner.js';

/** Something that an owner has started and that should end: a handle, a listener or an async call. */
export interface Entry {
  readonly kind: Extract<FindingKind, 'open-handle' | 'listener' | 'pending-async'>;
  readonly what: string;
  /** Of the entries at one line only the heaviest is reported: a child process has pipes, a server has sockets. */
  readonly weight?: number;
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  /** Returns the line that started it. Called once, when it is reported. */
  readonly position?: () => SourcePosition | undefined;
  /** Returns true while the entry counts. Without this, it counts until it is closed. */
  readonly isAlive?: () => boolean;
}

/** Something that happened: a late log, a late `expect`, a rejection or an exception. */
export interface Incident {
  readonly kind: Exclude<FindingKind, Entry['kind']>;
  readonly what: string;
  readonly message?: string;
  readonly owner: Owner;
  readonly cause: Cause | undefined;
  readonly position?: SourcePosition | undefined;
  readonly thrown?: SourcePosition;
  readonly during?: Owner | undefined;
}

/**
 * Records what each owner has started and what is still open. Knows owners but no test runner, and observes
 * nothing itself: its callers report everything.
 */
export class Ledger {
  readonly #open = new Map<unknown, Entry>();
  readonly #listeners = new Listeners();
  readonly #findings = new FindingList();

  /** `chainOf` reads the causes, which are opaque to the ledger. */
  constructor(private readonly chainOf: (cause: Cause | undefined) => Site[]) {}

  /** Records that something has started. `key` identifies it until it is closed. */
  open(key: unknown, entry: Entry): void {
    this.#open.set(key, entry);
  }

  close(key: unknown): void {
    this.#open.delete(key);
  }

  addListener(listening: Listening, owner: Owner | undefined, cause: Cause | undefined): void {
    this.#listeners.add(listening, owner, cause);
  }

  removeListener(listening: Listening, owner: Owner | undefined): void {
    this.#listeners.remove(listening, owner);
  }

  /** Marks targets that outlive every owner, such as the process and the window. */
  markLasting(...targets: readonly object[]): void {
    this.#listeners.outlive(targets);
  }

  record({ owner, cause, position, during, ...what }: Incident): void {
    const chain = this.chainOf(cause);
    const at = position ?? positionOf(chain);
    this.#findings.add(owner, {
      ...what,
      ...(at && { position: at }),
      ...(during && during !== owner && { during: during.name }),
      chain,
    });
  }

  /** Returns true when entries of a kind are still alive, so that waiting for them to end makes sense. */
  hasAlive(kind: Entry['kind']): boolean {
    return this.#alive().some((entry) => entry.kind === kind);
  }

  /** Turns the open entries of finished owners into findings, and forgets all entries. */
  collectLeaks(): void {
    const left = this.#alive().map((entry) => {
      const chain = this.chainOf(entry.cause);
      return { ...entry, chain, at: entry.position?.() ?? positionOf(chain) };
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
      if (!isPart) this.#findings.add(owner, { kind, what, ...(at && { position: at }), chain });
    }
    this.#open.clear();
    this.#listeners.clear();
  }

  /** Returns the findings and clears them. */
  take(): Found[] {
    return this.#findings.take();
  }

  #alive(): Entry[] {
    const entries = [...this.#open.values(), ...this.#listeners.left()];
    return entries.filter(({ owner, isAlive }) => owner.isOver && (isAlive?.() ?? true));
  }
}

/** Returns the line to show: the nearest spawn point, or for an async function the line that called it. */
export function positionOf([nearest]: readonly Site[]): SourcePosition | undefined {
  if (nearest === undefined) return undefined;
  const { file, line, column } = nearest.calledAt ?? nearest;
  return { file, line, column };
}

/** The state of one event target. */
interface Target {
  readonly entries: { name: unknown; listener: unknown; entry: Entry }[];
  /** The only owner that has used the target, while there is only one. */
  only: Owner | undefined;
  outlives: boolean;
}

/**
 * Tracks listeners that were added and not removed. One counts when its target outlives the owner: the target is
 * marked so, or another owner has used it as well. A target that only one owner has used ends with that owner.
 */
class Listeners {
  #targets = new Map<object, Target>();
  #lasting = new WeakSet<object>();

  add(listening: Listening, owner: Owner | undefined, cause: Cause | undefined): void {
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

  remove({ target, name, listener }: Listening, owner: Owner | undefined): void {
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

  #touch(target: object, owner: Owner | undefined): Target {
    let known = this.#targets.get(target);
    if (known === undefined) {
      known = { entries: [], only: owner, outlives: owner === undefined };
      this.#targets.set(target, known);
    }
    // A hook shares the scope of its test, so what it creates belongs to the test.
    if (known.only?.scope !== owner?.scope) known.outlives = true;
    return known;
  }
}

/** Returns false when the listener was removed in a way that is not observed, as far as the target shows it. */
function isListening({ target, name, listener, options }: Listening): boolean {
  const { once, signal } = Object(options) as { once?: boolean; signal?: { aborted?: boolean } };
  if (once || signal?.aborted) return false;
  const { listeners } = target as { listeners?: unknown };
  if (typeof listeners !== 'function') return true;
  const there: unknown = listeners.call(target, name);
  return !Array.isArray(there) || there.includes(listener);
}
