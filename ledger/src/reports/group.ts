import type { Finding } from '../findings.js';
import { AND } from '../sentences.js';

/** Findings that have one cause, and are printed as one. */
export interface Group {
  readonly finding: Finding;
  /** The names of the other tests for which the same was found. */
  readonly others: readonly string[];
}

/**
 * Groups the findings that have one cause: what one line of a hook or a helper has done for several tests, and the
 * listeners that a loop added at one line for one test. Keeps the order in which the first of each group came.
 */
export function groupByCause(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, { finding: Finding; others: string[] }>();
  for (const finding of groupListeners(findings)) {
    const { kind, what, message, position, chain, owner } = finding;
    const key = JSON.stringify([kind, what, message, position, chain]);
    // Without a line, only the tests tell findings apart.
    const first = position && groups.get(key);
    if (first) first.others.push(owner.name);
    else groups.set(position ? key : `${groups.size}`, { finding, others: [] });
  }
  return [...groups.values()];
}

function groupListeners(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding>();
  for (const [index, finding] of findings.entries()) {
    const { kind, owner, position, chain, times } = finding;
    const key =
      kind === 'listener' ? JSON.stringify([owner, position, chain, times]) : String(index);
    const first = groups.get(key);
    groups.set(key, first ? { ...first, what: first.what + AND + finding.what } : finding);
  }
  return [...groups.values()];
}
