import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configUnreadable } from '../errors.js';
import type { Finding } from '../findings.js';
import type { Baseline } from '../policy/policy.js';

/**
 * Reads a baseline file. Findings are matched by kind, test and file, because lines move. The row of a finding that
 * is gone stays until a run with `THROUGHLINE_BASELINE=update` writes the file again. Throws `TL_CONFIG_UNREADABLE`.
 */
export function readBaseline(file: string | undefined): Baseline {
  if (file === undefined || !existsSync(file) || isUpdatingBaseline()) return { has: () => false };
  let rows: unknown;
  try {
    rows = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw configUnreadable(file, error);
  }
  const known = new Set(Array.isArray(rows) ? rows.map(String) : []);
  return { has: (finding) => known.has(rowOf(finding)) };
}

/** Returns true when this run writes the baseline file. */
export function isUpdatingBaseline(): boolean {
  return process.env['THROUGHLINE_BASELINE'] === 'update';
}

/** Writes a baseline file: a JSON array of strings, one per finding. */
export function writeBaseline(file: string, findings: readonly Finding[]): void {
  const rows = [...new Set(findings.map(rowOf))].sort();
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}

function rowOf({ kind, what, owner, position }: Finding): string {
  return [kind, what, position?.file ?? owner.position?.file ?? '', owner.fullName].join(' | ');
}
