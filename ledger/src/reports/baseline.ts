import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configUnreadable } from '../errors.js';
import type { Finding } from '../findings.js';
import { rowOf } from '../policy/policy.js';

/**
 * Returns the rows of a baseline file. The row of a finding that is gone stays until a run with
 * `THROUGHLINE_BASELINE=update` writes the file again. Throws `TL_CONFIG_UNREADABLE`.
 */
export function readBaseline(file: string | undefined): string[] {
  if (file === undefined || !existsSync(file) || isUpdatingBaseline()) return [];
  let rows: unknown;
  try {
    rows = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw configUnreadable(file, error);
  }
  return Array.isArray(rows) ? rows.map(String) : [];
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
