import type { CausalGraph } from './causal-graph.js';
import { oneLine } from './plain-text.js';

/**
 * Draws a task's graph as lines of text: one line per event, causes before effects.
 *
 *   ●    start             server (101)
 *   ├─╮
 *   ● │  load cart         server (101)
 *   │ ●  load prices       server (101)
 *   ├─╯
 *   ●    sum               server (101)
 */
export function drawGraph(graph: CausalGraph): string[] {
  const { model, order, children } = graph;
  // Each column holds the event that its line leads down to.
  const columns: (number | undefined)[] = [];
  const drawn: { left: string; event?: number }[] = [];

  for (const event of order) {
    const mine = columns.flatMap((below, i) => (below === event ? [i] : []));
    const column = mine[0] ?? freeColumn(columns);
    if (mine.length > 1) {
      drawn.push({ left: rail(columns, column, mine.slice(1), '╯') });
      for (const other of mine.slice(1)) columns[other] = undefined;
      trim(columns);
    }
    columns[column] = event;
    drawn.push({ left: nodes(columns, column), event });

    const [next, ...others] = children.of(event);
    columns[column] = next;
    const added = others.map((child) => {
      const at = freeColumn(columns, column + 1);
      columns[at] = child;
      return at;
    });
    if (added.length > 0) drawn.push({ left: rail(columns, column, added, '╮') });
    trim(columns);
  }

  const width = drawn.reduce((most, { left }) => Math.max(most, left.length), 0);
  const labels = order.reduce((most, i) => Math.max(most, model.labelOf(i).length), 0);
  return drawn.map(({ left, event }) => {
    if (event === undefined) return left;
    const { name, processId } = model.processOf(event);
    const process = processId === undefined ? name : `${name} (${processId})`;
    return `${left.padEnd(width)}  ${oneLine(model.labelOf(event)).padEnd(Math.min(labels, 60))}  ${oneLine(process)}`.trimEnd();
  });
}

function freeColumn(columns: readonly (number | undefined)[], from = 0): number {
  for (let i = from; i < columns.length; i++) if (columns[i] === undefined) return i;
  return Math.max(from, columns.length);
}

/** Draws the line of an event: its dot, and the strands that pass it in other columns. */
function nodes(columns: readonly (number | undefined)[], column: number): string {
  return [...columns]
    .map((id, i) => (i === column ? '●' : id === undefined ? ' ' : '│'))
    .join(' ')
    .trimEnd();
}

/** Draws a line between two events, where strands leave `column` or come back to it. */
function rail(
  columns: readonly (number | undefined)[],
  column: number,
  others: readonly number[],
  corner: '╮' | '╯',
): string {
  const last = Math.max(...others);
  let line = '';
  for (let i = 0; i < columns.length; i++) {
    const within = i > column && i < last;
    if (i === column) line += '├';
    else if (i === last) line += corner;
    else if (others.includes(i)) line += corner === '╮' ? '┬' : '┴';
    else if (columns[i] !== undefined) line += within ? '┼' : '│';
    else line += within ? '─' : ' ';
    line += i >= column && i < last ? '─' : ' ';
  }
  return line.trimEnd();
}

function trim(columns: (number | undefined)[]): void {
  while (columns.length > 0 && columns[columns.length - 1] === undefined) columns.pop();
}
