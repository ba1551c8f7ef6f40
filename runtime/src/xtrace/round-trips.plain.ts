import { Position } from './position.js';
import type { Trace } from './trace.js';

// Builds for pages and React Native replace `round-trips.ts` with this file: there, answers of workers have an edge more, and what a queue did in
// the context of another task is a link.

export function encodeEvent({ id }: Position): string {
  return id;
}

export function decodeEvent(text: string): Position {
  return Position.elsewhere(text, []);
}

export function fromOther(_own: Trace, theirs: Trace): Pick<Trace, 'notes' | 'latest'> {
  const news = theirs.latest.map(({ id }) => `link ${theirs.taskId}/${id}`);
  return { notes: [...theirs.notes, ...news], latest: [] };
}
