import { NONE } from '../../../src/graph/task-model';
import type { GraphLayout } from '../model/graph-layout';
import type { OpenTask } from '../model/open-task';

/** An operation whose begin and end are in one column. */
export interface Bracket {
  readonly column: number;
  readonly from: number;
  readonly to: number;
  /** How many brackets of the column are inside of it. */
  readonly level: number;
}

const MOST_BRACKETS = 3;

/** Returns the brackets of a layout. */
export function bracketsOf(
  { graph: { model } }: OpenTask,
  { graph, column, row }: GraphLayout,
): Bracket[] {
  const found: { column: number; from: number; to: number }[] = [];
  for (let node = 0; node < graph.size; node++) {
    const event = graph.first[node]!;
    const end = model.begins(event) ? model.partner[event]! : NONE;
    const other = end === NONE ? NONE : graph.nodeOf[end]!;
    if (other === NONE || other === node || column[other] !== column[node]) continue;
    found.push({ column: column[node]!, from: row[node]!, to: row[other]! });
  }
  // Inner ones first: each is one level further out than those that it is around.
  found.sort((a, b) => a.column - b.column || a.to - a.from - (b.to - b.from));
  const levels = new Map<number, { from: number; to: number; level: number }[]>();
  return found.map((one) => {
    const inside = levels.get(one.column) ?? [];
    let level = 0;
    for (const other of inside.slice(-64)) {
      if (other.from >= one.from && other.to <= one.to) level = Math.max(level, other.level + 1);
    }
    inside.push({ from: one.from, to: one.to, level });
    levels.set(one.column, inside);
    return { ...one, level: Math.min(level, MOST_BRACKETS) };
  });
}
