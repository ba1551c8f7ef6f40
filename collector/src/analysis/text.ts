import { oneLine } from '../graph/plain-text.js';

// How numbers and labels look in answers for people.

const LABEL = 60;

/** Aligns columns: the first ones, which are numbers, to the right. */
export function table(rows: readonly string[][], numbers: number): string[] {
  const widths = (rows[0] ?? []).map((_, i) =>
    rows.reduce((most, row) => Math.max(most, row[i]!.length), 0),
  );
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i < numbers ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** Returns microseconds as text. */
export function ms(micros: number): string {
  const value = micros / 1000;
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(1)} ms`;
}

/** Returns a part in percent. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)} %` : '0 %';
}

/** Returns a number with its word. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Returns a label in one line, cut to what fits. */
export function cut(text: string): string {
  const line = oneLine(text);
  return line.length > LABEL ? `${line.slice(0, LABEL - 1)}…` : line;
}
