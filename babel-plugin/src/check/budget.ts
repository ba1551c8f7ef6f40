import { readFileSync, writeFileSync } from 'node:fs';
import { budgetInvalid } from '../errors.js';
import { lossStatuses } from './finding.js';
import type { FileReport } from './scan.js';

/**
 * Number of known losses of context, by file and by status and name. It has no line numbers, because code moves.
 *
 *   { "src/cart.ts": { "uninstrumented lodash.debounce": 1 } }
 */
export type Budget = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Counts the places in the reports where context may be lost. */
export function countLosses(reports: readonly FileReport[]): Budget {
  const budget: Record<string, Record<string, number>> = {};
  for (const { file, findings } of reports) {
    for (const { status, name } of findings) {
      if (!lossStatuses.includes(status)) continue;
      const inFile = (budget[file] ??= {});
      const what = `${status} ${name}`;
      inFile[what] = (inFile[what] ?? 0) + 1;
    }
  }
  return budget;
}

/** Returns one line for each loss that is more frequent than the budget allows. */
export function overBudget(now: Budget, before: Budget): string[] {
  return Object.entries(now).flatMap(([file, losses]) =>
    Object.entries(losses).flatMap(([what, count]) => {
      const allowed = before[file]?.[what] ?? 0;
      return count > allowed ? [`${file}: ${what} (${count}, was ${allowed})`] : [];
    }),
  );
}

/** Reads a budget file. Throws `TL_BUDGET_INVALID`, also when there is none. */
export function readBudget(file: string): Budget {
  try {
    const budget: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isBudget(budget)) throw new Error('expected an object of counts by file');
    return budget;
  } catch (error) {
    throw budgetInvalid(file, (error as Error).message);
  }
}

/** Writes a budget file. */
export function writeBudget(file: string, budget: Budget): void {
  writeFileSync(file, `${JSON.stringify(budget, null, 2)}\n`);
}

function isBudget(value: unknown): value is Budget {
  return isTable(value) && Object.values(value).every(isCounts);
}

function isCounts(value: unknown): boolean {
  return isTable(value) && Object.values(value).every((count) => typeof count === 'number');
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
