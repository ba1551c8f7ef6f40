import { currentFrame } from '../kernel/index.js';
import { causeOf } from './caused-errors.js';
import { sitesOf } from './sites.js';
import type { Site } from './sites.js';

export type { Site } from './sites.js';

/**
 * Returns the spawn points that led to the running code, latest first; with an error, those that led to where
 * it was thrown. Returns an empty array in builds without causes, and for errors that uninstrumented code threw.
 *
 * A spawn point records only the number of its site, so this needs no stack traces and no source maps: sites
 * are positions in the user's source.
 *
 * @example
 * causeChain(error).map(({ file, line, kind }) => `${kind} at ${file}:${line}`);
 */
export function causeChain(error?: unknown): Site[] {
  return sitesOf(error === undefined ? currentFrame().cause : causeOf(error));
}

/** Returns a chain as a string: `spawned at src/a.ts:10 by setTimeout, in src/b.ts:3 async load`. */
export function describeCauses(chain: readonly Site[]): string {
  return chain.map(describe).join(', ');
}

function describe({ file, line, kind, name }: Site): string {
  const place = `${file}:${line}`;
  return kind === 'async'
    ? `in ${place} async ${name || 'function'}`
    : `spawned at ${place} by ${name || kind}`;
}
