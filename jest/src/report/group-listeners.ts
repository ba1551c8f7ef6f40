import type { Finding } from '../ledger/findings.js';

/** Separates the names of events inside the quotes of the sentence. */
export const AND = '", "';

/**
 * Merges the listeners that a loop added at one line for one test, such as one for each of five signals, into
 * one finding. Keeps the order in which the first of each group came.
 */
export function groupListeners(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding>();
  for (const [index, finding] of findings.entries()) {
    const key = finding.kind === 'listener' ? keyOf(finding) : String(index);
    const first = groups.get(key);
    groups.set(key, first ? { ...first, what: first.what + AND + finding.what } : finding);
  }
  return [...groups.values()];
}

function keyOf({ owner, position, chain, times }: Finding): string {
  return JSON.stringify([owner, position, chain, times]);
}
