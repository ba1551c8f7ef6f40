import { ThroughlineError } from './errors.js';

/** The version of the shared state. Incremented when older copies would misread it. */
const PROTOCOL = 4;
const KEY = Symbol.for('throughline.runtime');

interface Shared {
  readonly protocol: number;
  readonly parts: Map<string, object>;
}

/** The state of the realm. A copy has its own if the program froze the global object before it was loaded. */
let state: Shared | undefined;

/** Read once, because a program may replace the global. */
const { Promise: Native } = globalThis;

/** Returns true for a promise of any realm. In Jest, Node's promises belong to another realm than the program's. */
export function isPromise(value: unknown): value is object {
  try {
    // To read the tag takes much longer.
    return value instanceof Native || Object.prototype.toString.call(value) === '[object Promise]';
  } catch {
    return false;
  }
}

/**
 * Returns this realm's state called `name`: one per realm, however many copies of this package are loaded (ESM
 * beside CommonJS, two versions, a bundle beside node_modules).
 *
 * The functions of every copy work on the state of the copy that was loaded first: its `own` is kept, and its
 * `begin` is called. Throws `TL_RUNTIME_VERSIONS` if the copies cannot share state.
 */
export function shared<T extends object>(name: string, own: T, begin?: () => void): T {
  const known = Reflect.get(globalThis, KEY) as Shared | undefined;
  state = known ?? state ?? { protocol: PROTOCOL, parts: new Map() };
  Reflect.set(globalThis, KEY, state);
  const { protocol, parts } = state;
  if (protocol !== PROTOCOL) {
    throw new ThroughlineError(
      'TL_RUNTIME_VERSIONS',
      `Two incompatible copies of @throughline/runtime are loaded: the first uses protocol ${protocol}, ` +
        `this one ${PROTOCOL}. Install a single version; "npm ls @throughline/runtime" lists them.`,
    );
  }
  const found = parts.get(name) as T | undefined;
  if (found === undefined) {
    parts.set(name, own);
    begin?.();
    return own;
  }
  const missing = Object.keys(own).find((key) => !(key in found));
  if (missing !== undefined) {
    throw new ThroughlineError(
      'TL_RUNTIME_VERSIONS',
      `Another copy of @throughline/runtime came first and has no "${missing}". ` +
        `Install a single version; "npm ls @throughline/runtime" lists them.`,
    );
  }
  return found;
}
