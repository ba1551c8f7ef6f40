import { causesAndSelf, effectsAndSelf } from '../../../src/graph/reach';
import type { CausalGraph } from '../../../src/graph/causal-graph';

/** Returns 1 for each event that is a cause or effect of one of these, at any distance, and for these themselves. */
export function closureOf(graph: CausalGraph, events: Iterable<number>): Uint8Array {
  const marks = causesAndSelf(graph, events);
  effectsAndSelf(graph, events).forEach((mark, i) => {
    if (mark) marks[i] = 1;
  });
  return marks;
}

/** Returns 1 for each event on a path between two events, in whichever direction there is one; for both events in any case. */
export function pathsBetween(graph: CausalGraph, a: number, b: number): Uint8Array {
  const below = effectsAndSelf(graph, [a]);
  const [top, bottom] = below[b] ? [a, b] : [b, a];
  const up = causesAndSelf(graph, [bottom]);
  const down = top === a ? below : effectsAndSelf(graph, [b]);
  const marks = up.map((mark, i) => mark & down[i]!);
  marks[a] = 1;
  marks[b] = 1;
  return marks;
}
