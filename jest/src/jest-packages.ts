import { createRequire } from 'node:module';
import { jestMissing } from './errors.js';

/** The chain of dependencies from the package that users install to the one that loads Jest's parts. */
const way = ['jest', '@jest/core', 'jest-config'];

/**
 * Resolves a package that Jest itself uses, such as `babel-jest`: the copy of the installed Jest, even where
 * packages can only see their own dependencies. Throws `TL_JEST_MISSING`.
 */
export function resolveFromJest(name: string): string {
  const from = createRequire(import.meta.url);
  let inner = from;
  let missing: unknown;
  for (const step of way) {
    try {
      inner = createRequire(inner.resolve(`${step}/package.json`));
    } catch (error) {
      missing = error;
      break;
    }
  }
  // Innermost first: what jest-config resolves is what Jest uses.
  for (const place of [inner, from, createRequire(`${process.cwd()}/package.json`)]) {
    try {
      return place.resolve(name);
    } catch (error) {
      missing = error;
    }
  }
  throw jestMissing(name, missing);
}

const loaded = new Map<string, unknown>();

/**
 * Loads a package that Jest itself uses, and caches it: each test file needs several, and resolving one takes a
 * millisecond. Throws `TL_JEST_MISSING`.
 */
export function requireFromJest<T>(name: string): T {
  if (!loaded.has(name)) {
    loaded.set(name, createRequire(import.meta.url)(resolveFromJest(name)));
  }
  return loaded.get(name) as T;
}
