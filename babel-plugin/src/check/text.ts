import { lossStatuses, statuses } from './finding.js';
import type { Status } from './finding.js';
import type { FileReport } from './scan.js';

/** The length of the longest status. */
const WIDTH = Math.max(...Object.keys(statuses).map((status) => status.length));

/** Formats the reports for a terminal: the files in which context may be lost, then totals. */
export function formatReport(reports: readonly FileReport[], { all = false } = {}): string {
  const lines: string[] = [];
  for (const { file, findings, error, note } of reports) {
    const shown = findings.filter(({ status }) => all || status !== 'covered');
    if (error) lines.push(file, `  cannot be instrumented: ${error.split('\n')[0]}`, '');
    if (note) lines.push(file, `  not checked: ${note}`, '');
    if (shown.length === 0) continue;
    lines.push(file);
    for (const { line, column, status, kind, name } of shown) {
      const place = `${line}:${column + 1}`.padEnd(9);
      lines.push(
        `  ${place}${status.padEnd(WIDTH + 2)}${kind ? `${kind} ` : ''}${name || 'anonymous function'}`,
      );
    }
    lines.push('');
  }
  return [...lines, ...sums(reports)].join('\n');
}

function sums(reports: readonly FileReport[]): string[] {
  const counts = new Map<Status, number>();
  for (const { status } of reports.flatMap(({ findings }) => findings)) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const width = String(Math.max(0, ...counts.values())).length;
  const rows = (Object.keys(statuses) as Status[])
    .filter((status) => counts.has(status) || status === 'covered' || lossStatuses.includes(status))
    .map((status) => {
      const count = String(counts.get(status) ?? 0).padStart(width);
      return `${count} ${status.padEnd(WIDTH)} ${statuses[status]}`;
    });
  return [`${reports.length} file${reports.length === 1 ? '' : 's'}`, ...rows];
}
