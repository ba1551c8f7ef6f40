import { ThroughlineError } from './complain.js';

/** Raised when the functions below change what they expect of each other. */
const PROTOCOL = 2;
const KEY = Symbol.for('throughline.runtime');

interface Shared {
  readonly protocol: number;
  readonly parts: Map<string, object>;
}

/** A promise of any realm: Node's own belong to another one than the program's, in Jest. */
export function isPromise(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Promise]';
}

/**
 * One runtime a realm, however many copies of this package are loaded (ESM beside CommonJS, two
 * versions, a bundle beside node_modules).
 *
 * The current frame is a variable of one module, for speed; so it is not the state that copies
 * share but the functions over it: the first copy's are everybody's. `begin` is called for that one.
 */
export function shared<T extends object>(name: string, own: T, begin?: () => void): T {
  const realm = globalThis as { [KEY]?: Shared };
  realm[KEY] ??= { protocol: PROTOCOL, parts: new Map() };
  const { protocol, parts } = realm[KEY];
  if (protocol !== PROTOCOL) {
    throw new ThroughlineError(
      'RUNTIME_VERSIONS',
      `Two copies of @throughline/runtime that cannot share their frames were loaded: one speaks ` +
        `protocol ${protocol}, this one ${PROTOCOL}. Install one version ("npm ls @throughline/runtime").`,
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
      'RUNTIME_VERSIONS',
      `An older copy of @throughline/runtime was loaded first, and has no "${missing}". ` +
        `Install one version ("npm ls @throughline/runtime").`,
    );
  }
  return found;
}
