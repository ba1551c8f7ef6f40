import { currentFrame } from '../kernel/index.js';
import { causeOf } from './caused-errors.js';
import { sitesOf } from './sites.js';
import type { Site } from './sites.js';

export type { Site } from './sites.js';

/**
 * The spawn points that led here, the latest first; with an error, those that led to where it was
 * thrown. Empty where nothing is known: in builds without causes, and for errors of code that was not
 * compiled.
 *
 * Nothing is captured when work is spawned but the number of its place, so this costs no stack trace and
 * no source map: places are those of the user's source.
 *
 * @example
 * causeChain(error).map(({ file, line, kind }) => `${kind} at ${file}:${line}`);
 */
export function causeChain(error?: unknown): Site[] {
  return sitesOf(error === undefined ? currentFrame().cause : causeOf(error));
}

/** A chain as text: `spawned at src/a.ts:10 by setTimeout, in src/b.ts:3 async load`. */
export function describeCauses(chain: readonly Site[]): string {
  return chain.map(describe).join(', ');
}

function describe({ file, line, kind, name }: Site): string {
  const place = `${file}:${line}`;
  return kind === 'async'
    ? `in ${place} async ${name || 'function'}`
    : `spawned at ${place} by ${name || kind}`;
}
