import type { CausalGraph } from '../../../src/graph/causal-graph';
import type { Links } from '../../../src/graph/links';

/** Returns 1 for each event that is a cause or effect of one of these, at any distance, and for these themselves. */
export function closureOf(
  { parents, children }: CausalGraph,
  events: Iterable<number>,
): Uint8Array {
  const marks = reached(parents, events);
  reached(children, events).forEach((mark, i) => {
    if (mark) marks[i] = 1;
  });
  return marks;
}

/** Returns 1 for each event on a path between two events, in whichever direction there is one; for both events in any case. */
export function pathsBetween({ parents, children }: CausalGraph, a: number, b: number): Uint8Array {
  const below = reached(children, [a]);
  const [top, bottom] = below[b] ? [a, b] : [b, a];
  const up = reached(parents, [bottom]);
  const down = top === a ? below : reached(children, [b]);
  const marks = up.map((mark, i) => mark & down[i]!);
  marks[a] = 1;
  marks[b] = 1;
  return marks;
}

function reached({ start, to, size }: Links, from: Iterable<number>): Uint8Array {
  const marks = new Uint8Array(size);
  const open = new Int32Array(size);
  let length = 0;
  for (const event of from) {
    open[length++] = event;
    marks[event] = 1;
  }
  while (length > 0) {
    const node = open[--length]!;
    for (let at = start[node]!; at < start[node + 1]!; at++) {
      const other = to[at]!;
      if (marks[other]) continue;
      marks[other] = 1;
      open[length++] = other;
    }
  }
  return marks;
}
