import type { Entry } from './entry.js';
import type { Owner } from './owner.js';
import type { Cause, Listening } from './source.js';

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
export class Listeners {
  #targets = new Map<object, Target>();
  #lasting = new WeakSet<object>();

  add(listening: Listening, owner: Owner | undefined, cause: Cause | undefined): void {
    const known = this.#touch(listening.target, owner);
    const { name, listener } = listening;
    // `app.on('GET', '/carts', handler)` and `app.on('GET', ['/a', '/b'], handler)` add none.
    if (owner === undefined || !isListener(listener)) return;
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

/** Returns true for a function, and for an object with `handleEvent` (DOM, "EventListener"). */
function isListener(listener: unknown): boolean {
  if (typeof listener === 'function') return true;
  return typeof (Object(listener) as { handleEvent?: unknown }).handleEvent === 'function';
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
