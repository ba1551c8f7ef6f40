import { resume } from './activation.js';
import { enter } from './generators.js';
import { resetSoon } from './here.js';
import { isOpen } from './strand.js';
import type { Strand } from './strand.js';

// Modules with top-level `await`. One that throws has nowhere to leave its frame, so a microtask does it.

/** Makes a strand of the module. */
export function enterModule(): Strand {
  resetSoon();
  return enter();
}

/** Enters it again after an `await`, as `resume` does. */
export function resumeModule<T>(strand: Strand, value: T): T {
  resetSoon();
  return resume(strand, value);
}

/** Enters it if it is suspended, as `back` does. */
export function backInModule(strand: Strand): void {
  if (!isOpen(strand)) resumeModule(strand, undefined);
}
