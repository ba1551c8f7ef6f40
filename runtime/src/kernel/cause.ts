/** The spawn points that led to a frame, latest first. Only builds with causes record them. */
export interface Cause {
  readonly site: number;
  readonly parent: Cause | undefined;
  readonly depth: number;
}

/** How many links back `causedAt` searches for a site that repeats. */
const LOOK_BACK = 8;
/** The maximum length of a chain. */
const DEEPEST = 64;

/**
 * Returns the chain with one more spawn point. A timer that sets itself again, or a loop of promises, goes
 * through the same sites for as long as the program runs. So a site that repeats continues the chain from its
 * earlier entry, and no chain grows past a bound.
 */
export function extendCause(site: number, parent: Cause | undefined): Cause {
  let at = parent;
  for (let i = 0; at !== undefined && i < LOOK_BACK; i++, at = at.parent) {
    if (at.site === site) return at;
  }
  if (parent === undefined) return { site, parent, depth: 1 };
  const kept = parent.depth < DEEPEST ? parent : truncate(parent, DEEPEST / 2)!;
  return { site, parent: kept, depth: kept.depth + 1 };
}

function truncate(cause: Cause | undefined, depth: number): Cause | undefined {
  if (cause === undefined || depth === 0) return undefined;
  return { site: cause.site, parent: truncate(cause.parent, depth - 1), depth };
}
