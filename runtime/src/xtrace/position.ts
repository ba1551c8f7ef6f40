import type { EventId } from './ids.js';

/** A sequence of events in which each is the first successor of the one before. */
export interface Line {
  last: number;
}

/** How many lines of its past an event remembers. Beyond that, the oldest are dropped. */
const MAX_LINES = 64;

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
    private readonly place: number,
    readonly past: ReadonlyMap<Line, number> | undefined,
  ) {}

  /** Returns the position of an event of this process, after its parents. */
  static after(id: EventId, parents: readonly Position[]): Position {
    const tip = parents.find(({ line, place }) => line.last === place);
    const line = tip?.line ?? { last: 0 };
    const place = ++line.last;
    return new Position(id, line, place, Position.pastOf(parents, tip));
  }

  /** Returns the position of an event of another process that is known to come after `parents`. */
  static elsewhere(id: EventId, parents: readonly Position[]): Position {
    return new Position(id, { last: 1 }, 1, Position.pastOf(parents, undefined));
  }

  /** Returns true if `other` is this event or certainly came before it. */
  covers(other: Position): boolean {
    if (other.id === this.id) return true;
    if (other.line === this.line) return other.place <= this.place;
    return (this.past?.get(other.line) ?? 0) >= other.place;
  }

  /** Returns what an event knows of other lines: everything its parents knew, and the parents themselves. */
  private static pastOf(
    parents: readonly Position[],
    tip: Position | undefined,
  ): ReadonlyMap<Line, number> | undefined {
    // The usual case: the next event on the same line knows what its only parent knew.
    if (parents.length === 1 && parents[0] === tip) return tip!.past;
    if (parents.length === 0) return undefined;
    const past = new Map<Line, number>();
    const note = (line: Line, place: number): void => {
      if (line !== tip?.line && (past.get(line) ?? 0) < place) past.set(line, place);
    };
    for (const parent of parents) {
      parent.past?.forEach((place, line) => note(line, place));
      note(parent.line, parent.place);
    }
    for (const line of past.keys()) {
      if (past.size <= MAX_LINES) break;
      past.delete(line);
    }
    return past;
  }
}

/** Returns the latest events of both sets: those that no other event in them covers. */
export function latestOf(
  mine: readonly Position[],
  theirs: readonly Position[],
): readonly Position[] {
  if (mine.length === 1 && theirs.length === 1) {
    // The usual case, without a closure.
    const [own, other] = [mine[0]!, theirs[0]!];
    if (own === other) return mine;
    if (other.covers(own)) return theirs;
    return own.covers(other) ? mine : [own, other];
  }
  const kept = mine.filter(
    (event) => !theirs.some((other) => other !== event && other.covers(event)),
  );
  const added = theirs.filter((event) => !kept.some((other) => other.covers(event)));
  if (added.length === 0) return kept.length === mine.length ? mine : kept;
  return kept.length === 0 && added.length === theirs.length ? theirs : [...kept, ...added];
}
