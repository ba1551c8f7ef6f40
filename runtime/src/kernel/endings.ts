import { joinFrames, OUTSIDE } from './frame.js';
import type { Frame } from './frame.js';
import { replaceAdopted } from './strand.js';
import type { Ending, Strand } from './strand.js';

/** Takes in an ending and everything it took over in its turn. */
export function joinEnding(mine: Frame, ending: Ending): Frame {
  if (ending.adopted === undefined) return joinFrames(mine, ending.frame);
  let joined = mine;
  for (const frame of fewFramesOf(ending) ?? framesOf(ending)) joined = joinFrames(joined, frame);
  return joined;
}

/** Takes in what a strand took over. */
export function joinAdopted(mine: Frame, adopted: Ending['adopted']): Frame {
  if (adopted === undefined) return mine;
  return isList(adopted) ? adopted.reduce(joinEnding, mine) : joinEnding(mine, adopted);
}

const FEW = 8;

/** The same as `framesOf`, of the usual ending: a few parts that took nothing over themselves. */
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
 * The frames of an ending and of all that it took over, each once. Chains and piles of combinators
 * grow as long as the program likes, so this is a loop; and the answer takes the place of the walk,
 * since whoever asks has waited for all of them.
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
  // Only strands adopt, so an ending that did is one.
  replaceAdopted(ending as Strand, found);
  return found;
}

export function isList(adopted: Ending['adopted']): adopted is readonly Ending[] {
  return Array.isArray(adopted);
}
