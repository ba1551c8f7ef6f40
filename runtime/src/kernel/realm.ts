import { ThroughlineError } from './errors.js';

/** Raised when copies of different versions would read each other's state wrongly. */
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
 * Each copy has its functions, and they work on the state of whichever copy came first. `begin` is called
 * for that one.
 */
export function shared<T extends object>(name: string, own: T, begin?: () => void): T {
  const realm = globalThis as { [KEY]?: Shared };
  realm[KEY] ??= { protocol: PROTOCOL, parts: new Map() };
  const { protocol, parts } = realm[KEY];
  if (protocol !== PROTOCOL) {
    throw new ThroughlineError(
      'TL_RUNTIME_VERSIONS',
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
      'TL_RUNTIME_VERSIONS',
      `An older copy of @throughline/runtime was loaded first, and has no "${missing}". ` +
        `Install one version ("npm ls @throughline/runtime").`,
    );
  }
  return found;
}
