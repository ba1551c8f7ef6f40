import type { CausalGraph } from './causal-graph.js';
import type { Links } from './links.js';

/** Returns 1 for each event that is a cause of one of these, at any distance, and for these themselves. */
export function causesAndSelf({ parents }: CausalGraph, events: Iterable<number>): Uint8Array {
  return reached(parents, events);
}

/** Returns 1 for each event that is an effect of one of these, at any distance, and for these themselves. */
export function effectsAndSelf({ children }: CausalGraph, events: Iterable<number>): Uint8Array {
  return reached(children, events);
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
