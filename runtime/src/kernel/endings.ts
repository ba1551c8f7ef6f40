import { joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { replaceAdopted } from './strand.js';
import type { Ending, Strand } from './strand.js';

/** Returns `mine` joined with an ending and with everything that ending adopted. */
export function joinEnding(mine: Frame, ending: Ending): Frame {
  if (ending.adopted === undefined) return joinFrames(mine, ending.frame);
  let joined = mine;
  for (const frame of fewFramesOf(ending) ?? framesOf(ending)) joined = joinFrames(joined, frame);
  return joined;
}

/** Returns `mine` joined with the endings that a strand adopted. */
export function joinAdopted(mine: Frame, adopted: Ending['adopted']): Frame {
  if (adopted === undefined) return mine;
  return isList(adopted) ? adopted.reduce(joinEnding, mine) : joinEnding(mine, adopted);
}

/** Up to this many parts, a linear search is faster than a `Set`. */
const FEW = 8;

/** A fast path of `framesOf` for the usual ending: a few parts that adopted nothing themselves. */
function fewFramesOf({ frame, adopted }: Ending): readonly Frame[] | undefined {
  if (!isList(adopted) || adopted.length > FEW) return undefined;
  const frames = [frame];
  for (const part of adopted) {
    if (part.adopted !== undefined) return undefined;
    if (!frames.includes(part.frame)) frames.push(part.frame);
  }
  return frames;
}

/**
 * Returns the frames of an ending and of everything it adopted, each once.
 *
 * A loop, because chains and nested combinators can be arbitrarily deep. The result replaces the adopted
 * endings, so the walk happens once: by the time a frame is joined, all of them have settled.
 */
function framesOf(ending: Ending): readonly Frame[] {
  const seen = new Set<Ending>();
  const frames = new Set<Frame>();
  const open: Ending[] = [ending];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    frames.add(next.frame);
    const { adopted } = next;
    if (isList(adopted)) for (let i = adopted.length; i-- > 0;) open.push(adopted[i]!);
    else if (adopted !== undefined) open.push(adopted);
  }
  frames.delete(OUTSIDE);
  const found = [...frames];
  // Only strands adopt, so an ending that has adopted something is a strand.
  replaceAdopted(ending as Strand, found);
  return found;
}

/** Returns true if a strand adopted several endings: the parts of a combinator. */
export function isList(adopted: Ending['adopted']): adopted is readonly Ending[] {
  return Array.isArray(adopted);
}
