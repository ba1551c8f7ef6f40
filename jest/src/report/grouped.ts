import type { Finding } from '../ledger/findings.js';

/** Between the names of events, within the quotes of the sentence. */
export const AND = '", "';

/**
 * Findings as they are read: what a loop added at one line for one test, such as a listener for each of
 * five signals, is one of them. In the order in which the first of each came.
 */
export function grouped(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding>();
  for (const [index, finding] of findings.entries()) {
    const key = finding.kind === 'listener' ? keyOf(finding) : String(index);
    const first = groups.get(key);
    groups.set(key, first ? { ...first, what: first.what + AND + finding.what } : finding);
  }
  return [...groups.values()];
}

function keyOf({ task, place, chain, times }: Finding): string {
  return JSON.stringify([task, place, chain, times]);
}
