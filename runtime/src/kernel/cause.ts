/** The spawn points that led to a frame, the latest first. Only builds that ask for causes have any. */
export interface Cause {
  readonly site: number;
  readonly parent: Cause | undefined;
  readonly depth: number;
}

/** How many steps back a spawn point is looked for, before it counts as another one. */
const LOOK_BACK = 8;
const DEEPEST = 64;

/**
 * One spawn point more. A timer that sets itself again, or a chain of promises, goes through the same
 * places for as long as the program runs: a place that is met again takes up the chain where it was, and
 * no chain grows past a bound.
 */
export function causedAt(site: number, parent: Cause | undefined): Cause {
  let at = parent;
  for (let i = 0; at !== undefined && i < LOOK_BACK; i++, at = at.parent) {
    if (at.site === site) return at;
  }
  if (parent === undefined) return { site, parent, depth: 1 };
  const kept = parent.depth < DEEPEST ? parent : shortened(parent, DEEPEST / 2)!;
  return { site, parent: kept, depth: kept.depth + 1 };
}

function shortened(cause: Cause | undefined, depth: number): Cause | undefined {
  if (cause === undefined || depth === 0) return undefined;
  return { site: cause.site, parent: shortened(cause.parent, depth - 1), depth };
}
