import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourcePosition } from '../owner.js';

const AROUND = 2;

/** Returns the lines around a position, with a mark at it. Empty when the file cannot be read. */
export function codeFrame({ file, line, column }: SourcePosition, rootDir: string): string[] {
  const lines = linesOf(join(rootDir, file));
  if (lines === undefined || lines[line - 1] === undefined) return [];
  const first = Math.max(1, line - AROUND);
  const last = Math.min(lines.length, line + AROUND);
  const width = String(last).length;
  const frame: string[] = [];
  for (let at = first; at <= last; at++) {
    const mark = at === line ? '>' : ' ';
    frame.push(`${mark} ${String(at).padStart(width)} | ${lines[at - 1]}`.trimEnd());
    if (at === line) frame.push(`  ${' '.repeat(width)} | ${' '.repeat(column)}^`);
  }
  return frame;
}

function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}
