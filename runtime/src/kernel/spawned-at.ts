import { extendCause } from './cause.js';
import { isRoot, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { currentFrame, enter, goBackTo, moveTo, wayBack } from './current.js';
import { here } from './here.js';

/** Adds a spawn point to the cause of the current frame. */
export function causeHere(site: number): void {
  moveTo(causedAt(here.frame, site));
}

/** Returns a frame with one spawn point more. Loops call the same function again and again: what was made last is kept. */
function causedAt(frame: Frame, site: number): Frame {
  const { caused } = frame;
  if (caused !== undefined && caused.cause!.site === site) return caused;
  return (frame.caused = frame.causedBy(extendCause(site, frame.cause)));
}

/**
 * Calls a helper that spawns work, in a frame whose cause names the site. Slots that user code sets during the
 * call stay set.
 */
export function spawnAt<A extends unknown[], R>(
  site: number,
  helper: (...args: A) => R,
  args: A,
): R {
  const parent = currentFrame();
  const outer = wayBack(parent);
  const frame = causedAt(parent, site);
  enter(parent, frame);
  try {
    // Not by a spread, which would take the program's own `Array.prototype[Symbol.iterator]`.
    return Reflect.apply(helper, undefined, args) as R;
  } finally {
    const ended = here.frame;
    const after = ended === frame ? parent : ended.causedBy(parent.cause);
    goBackTo(outer, isRoot(after) ? OUTSIDE : after, ended);
  }
}
