import type { EventId } from './ids.js';

/** A sequence of events in which each is the first successor of the one before. */
export interface Line {
  last: number;
  /** The index of its mark in the list that is being made. */
  at: number;
}

/** An event of another line that an event comes after: itself, and all before it on that line. */
interface Mark {
  readonly line: Line;
  readonly place: number;
}

/** How many lines of its past an event remembers. Beyond that, the oldest are dropped. */
const MAX_LINES = 64;

/** An empty list, shared by all who have nothing. */
export const NONE: readonly never[] = [];

/**
 * The position of an event in its task: enough to tell if another event certainly came before it.
 *
 * A vector clock over lines. Sequential code stays on one line however long it runs, so nothing grows with
 * time; a fork starts a line. An entry dropped beyond 64 lines can only cause a redundant edge, which is still
 * a true one.
 */
export class Position {
  private constructor(
    readonly id: EventId,
    readonly line: Line,
    readonly place: number,
    /** A list, and no map: most have an entry or two, and each request makes several. */
    readonly past: readonly Mark[],
  ) {}

  /** Returns the position of an event of this process, after its parents. */
  static after(id: EventId, parents: readonly Position[]): Position {
    const tip = parents.find(({ line, place }) => line.last === place);
    const line = tip?.line ?? { last: 0, at: 0 };
    const place = ++line.last;
    return new Position(id, line, place, pastOf(parents, tip));
  }

  /** Returns the position of an event of another process that is known to come after `parents`. */
  static elsewhere(id: EventId, parents: readonly Position[]): Position {
    return new Position(id, { last: 1, at: 0 }, 1, pastOf(parents, undefined));
  }

  /** Returns true if `other` is this event or certainly came before it. */
  covers(other: Position): boolean {
    if (other.id === this.id) return true;
    if (other.line === this.line) return other.place <= this.place;
    for (const { line, place } of this.past) if (line === other.line) return other.place <= place;
    return false;
  }
}

/** Returns what an event knows of other lines: everything its parents knew, and the parents themselves. */
function pastOf(parents: readonly Position[], tip: Position | undefined): readonly Mark[] {
  // The usual case: the next event on the same line knows what its only parent knew.
  if (parents.length === 1 && parents[0] === tip) return tip!.past;
  if (parents.length === 0) return NONE;
  const past: Mark[] = [];
  for (const parent of parents) {
    for (const mark of parent.past) note(mark);
    note({ line: parent.line, place: parent.place });
  }
  return past.length > MAX_LINES ? past.slice(-MAX_LINES) : past;

  function note(mark: Mark): void {
    const { line, place } = mark;
    if (line === tip?.line) return;
    const known = past[line.at];
    if (known?.line !== line) line.at = past.push(mark) - 1;
    else if (known.place < place) past[line.at] = mark;
  }
}

/** Returns the latest events of both sets: those that no other event in them covers. */
export function latestOf(
  mine: readonly Position[],
  theirs: readonly Position[],
): readonly Position[] {
  if (mine.length === 1 && theirs.length === 1) {
    // The usual case.
    const [own, other] = [mine[0]!, theirs[0]!];
    if (own === other) return mine;
    if (other.covers(own)) return theirs;
    return own.covers(other) ? mine : [own, other];
  }
  const kept = without(mine, (event) =>
    theirs.some((other) => other !== event && other.covers(event)),
  );
  const added = without(theirs, (event) => kept.some((other) => other.covers(event)));
  if (added.length === 0) return kept;
  return kept.length === 0 ? added : kept.concat(added);
}

/** Returns the events that are not covered: the same list if none is. */
function without(
  events: readonly Position[],
  isCovered: (event: Position) => boolean,
): readonly Position[] {
  return events.some(isCovered) ? events.filter((event) => !isCovered(event)) : events;
}
