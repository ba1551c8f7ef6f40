import { createRequire } from 'node:module';
import { jestMissing } from './errors.js';

/** Who depends on whom, from what users install to what Jest runs with. */
const way = ['jest', '@jest/core', 'jest-config'];

/**
 * Resolves a package that Jest itself runs with, such as `babel-jest`: the very copy of the Jest that
 * is installed, also where packages see nothing but what they name.
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
  // From the inside out: what Jest's configuration sees is what Jest uses.
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

/** Loads it, once: each test file asks for several, and looking for one takes a millisecond. */
export function requireFromJest<T>(name: string): T {
  if (!loaded.has(name)) {
    loaded.set(name, createRequire(import.meta.url)(resolveFromJest(name)));
  }
  return loaded.get(name) as T;
}
