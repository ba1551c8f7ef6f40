import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configUnreadable } from './errors.js';
import type { Finding } from './ledger/findings.js';

/** Findings that are known: they are not reported, so that what is new stands out. */
export interface Baseline {
  has(finding: Finding): boolean;
}

/**
 * By kind, test and file; lines move. A finding that is gone leaves its row, until the file is written
 * anew: `THROUGHLINE_BASELINE=update npx jest`.
 */
export function readBaseline(file: string | undefined): Baseline {
  if (file === undefined || !existsSync(file) || isBeingWritten()) return { has: () => false };
  let rows: unknown;
  try {
    rows = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw configUnreadable(file, error);
  }
  const known = new Set(Array.isArray(rows) ? rows.map(String) : []);
  return { has: (finding) => known.has(rowOf(finding)) };
}

export function isBeingWritten(): boolean {
  return process.env['THROUGHLINE_BASELINE'] === 'update';
}

export function writeBaseline(file: string, findings: readonly Finding[]): void {
  const rows = [...new Set(findings.map(rowOf))].sort();
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}

function rowOf({ kind, what, task, place }: Finding): string {
  return [kind, what, place?.file ?? task.place?.file ?? '', task.name].join(' | ');
}
