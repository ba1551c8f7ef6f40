import { resume } from './activation.js';
import { enter } from './generators.js';
import { resetSoon } from './here.js';
import { isOpen } from './strand.js';
import type { Strand } from './strand.js';

// Modules with top-level `await`. A module that throws cannot leave its frame itself, so a microtask does it.

/** Starts the strand of a module. */
export function enterModule(): Strand {
  resetSoon();
  return enter();
}

/** Enters a module's strand again after an `await`, as `resume` does. */
export function resumeModule<T>(strand: Strand, value: T): T {
  resetSoon();
  return resume(strand, value);
}

/** Enters a module's strand if it is suspended, as `back` does. */
export function resumeModuleIfSuspended(strand: Strand): void {
  if (!isOpen(strand)) resumeModule(strand, undefined);
}
