import { readFileSync, writeFileSync } from 'node:fs';
import { budgetInvalid } from '../errors.js';
import { lost } from './finding.js';
import type { FileReport } from './scan.js';

/**
 * How often something may get lost, by file and by what is lost there. Without lines: code moves.
 *
 *   { "src/cart.ts": { "uncompiled lodash.debounce": 1 } }
 */
export type Budget = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What gets lost now. */
export function lossesIn(reports: readonly FileReport[]): Budget {
  const budget: Record<string, Record<string, number>> = {};
  for (const { file, findings } of reports) {
    for (const { status, name } of findings) {
      if (!lost.includes(status)) continue;
      const inFile = (budget[file] ??= {});
      const what = `${status} ${name}`;
      inFile[what] = (inFile[what] ?? 0) + 1;
    }
  }
  return budget;
}

/** What gets lost more often than before, one line each. */
export function overBudget(now: Budget, before: Budget): string[] {
  return Object.entries(now).flatMap(([file, losses]) =>
    Object.entries(losses).flatMap(([what, count]) => {
      const allowed = before[file]?.[what] ?? 0;
      return count > allowed ? [`${file}: ${what} (${count}, was ${allowed})`] : [];
    }),
  );
}

/** The budget in a file; undefined when there is none yet. */
export function readBudget(file: string): Budget | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const budget: unknown = JSON.parse(text);
    if (!isBudget(budget)) throw new Error('it is no table of numbers by file');
    return budget;
  } catch (error) {
    throw budgetInvalid(file, (error as Error).message);
  }
}

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
