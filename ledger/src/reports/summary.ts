import { findingKinds } from '../findings.js';
import type { FileReport } from '../report.js';
import { countOf } from '../sentences.js';

/** Returns a line with the number of findings of a run by kind, or undefined when there are none. */
export function summaryOf(reports: readonly FileReport[]): string | undefined {
  const found = reports.filter(({ findings }) => findings.length > 0);
  if (found.length === 0) return undefined;
  const all = found.flatMap(({ findings }) => findings);
  const counts = findingKinds.flatMap((kind) => {
    const ofKind = all.filter((finding) => finding.kind === kind);
    const count = ofKind.reduce((sum, { times }) => sum + times, 0);
    return count === 0 ? [] : [countOf(kind, count)];
  });
  const files = new Set(found.map(({ testPath }) => testPath)).size;
  return `Throughline: ${counts.join(', ')} in ${files === 1 ? '1 test file' : `${files} test files`}`;
}
