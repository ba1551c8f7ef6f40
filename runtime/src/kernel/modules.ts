import { resume } from './activation.js';
import { enter } from './generators.js';
import { resetSoon } from './here.js';
import type { Strand } from './strand.js';

// Modules with top-level `await`. One that throws has nowhere to leave its frame, so a microtask does it.

/** Makes a strand of a module with top-level `await`; a microtask leaves it if it throws. */
export function enterModule(): Strand {
  resetSoon();
  return enter();
}

/**
 * Enters a module again after a top-level `await`. A module that throws has nowhere to leave its
 * frame, so a microtask does it.
 */
export function resumeModule<T>(strand: Strand, value: T): T {
  resetSoon();
  return resume(strand, value);
}

/** The same in a module. */
export function backInModule(strand: Strand): void {
  if (strand.outer === undefined) resumeModule(strand, undefined);
}
