import type { Entry, Incident } from './entry.js';
import { FindingList } from './findings.js';
import type { Found } from './findings.js';
import { Listeners } from './listeners.js';
import type { Owner, SourcePosition } from './owner.js';
import type { Cause, Listening, Site } from './source.js';

/** The number of open entries from which it is worth looking for those that are gone. */
const SWEEP_AT = 256;

/**
 * Records what each owner has started and what is still open. Knows owners but no test runner, and observes
 * nothing itself: its callers report everything.
 */
export class Ledger {
  readonly #open = new Map<unknown, Entry>();
  #sweepAt = SWEEP_AT;
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

  /**
   * Forgets what is gone, if much has been opened since the last time, and returns its keys. Without this, a file of
   * ten thousand tests keeps every timer that they have ever set.
   */
  sweep(): unknown[] {
    if (this.#open.size < this.#sweepAt) return [];
    const gone: unknown[] = [];
    for (const [key, { isGone }] of this.#open) if (isGone?.()) gone.push(key);
    for (const key of gone) this.#open.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#open.size);
    return gone;
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
    for (const entry of this.#alive()) if (entry.kind === kind) return true;
    return false;
  }

  /** Turns the open entries of finished owners into findings, and forgets all entries. */
  collectLeaks(): void {
    const left = [...this.#alive()].map((entry) => {
      const chain = this.chainOf(entry.cause);
      return { ...entry, chain, at: entry.position?.() ?? positionOf(chain) };
    });
    const heaviest = new Map<Owner, Map<string, number>>();
    for (const { owner, weight = 0, at } of left) {
      if (at === undefined) continue;
      const lines = heaviest.get(owner) ?? new Map<string, number>();
      heaviest.set(owner, lines);
      lines.set(lineOf(at), Math.max(weight, lines.get(lineOf(at)) ?? 0));
    }
    for (const { kind, what, weight = 0, owner, chain, at } of left) {
      const isPart = at !== undefined && weight < heaviest.get(owner)!.get(lineOf(at))!;
      if (!isPart) this.#findings.add(owner, { kind, what, ...(at && { position: at }), chain });
    }
    this.#open.clear();
    this.#listeners.clear();
  }

  /** Returns the findings and clears them. */
  take(): Found[] {
    return this.#findings.take();
  }

  *#alive(): Iterable<Entry> {
    for (const entries of [this.#open.values(), this.#listeners.left()]) {
      for (const entry of entries) {
        if (entry.owner.isOver && (entry.isAlive?.() ?? true)) yield entry;
      }
    }
  }
}

/** Returns the line to show: the nearest spawn point, or for an async function the line that called it. */
export function positionOf([nearest]: readonly Site[]): SourcePosition | undefined {
  if (nearest === undefined) return undefined;
  if (nearest.calledAt) return nearest.calledAt;
  const { file, line, column } = nearest;
  return { file, line, column };
}

function lineOf({ file, line }: SourcePosition): string {
  return `${file}:${line}`;
}
