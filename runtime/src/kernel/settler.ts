import { currentFrame } from './here.js';
import { OUTSIDE } from './frame.js';
import { endingOf } from './promise-stamp.js';
import type { Strand } from './strand.js';
import { carried, isForeign } from './thenable.js';

type Settle = (value: unknown) => unknown;

/**
 * Stands for a rejecting function: the reason goes on as it is, whatever it looks like, and nothing is
 * taken over with it.
 */
export function rejecter(strand: Strand, reject: unknown): (reason?: unknown) => void {
  return (reason) => {
    if (strand.outer !== undefined) strand.frame = currentFrame();
    strand.outer = undefined;
    (reject as Settle)(reason);
  };
}

/**
 * Stands for a resolving function, and notes the frame of whoever calls it first. Until then
 * `strand.outer` is set.
 */
export function settler(strand: Strand, settle: unknown): (value?: unknown) => void {
  // One parameter and no name, as the engine's own resolving functions.
  return (value) => {
    if (strand.outer === undefined) {
      (settle as Settle)(value);
      return;
    }
    const frame = currentFrame();
    const ending = endingOf(value);
    strand.outer = undefined;
    strand.frame = frame;
    if (ending === undefined && frame !== OUTSIDE && isForeign(value)) {
      const foreign = carried(value, frame);
      strand.adopted = foreign.ending;
      (settle as Settle)(foreign.handedOn);
      return;
    }
    // A promise that is resolved with itself rejects, and takes nothing over.
    if (ending !== strand) strand.adopted = ending;
    (settle as Settle)(value);
  };
}
