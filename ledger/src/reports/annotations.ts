import type { FileReport } from '../report.js';
import { headline } from '../sentences.js';
import { formatPosition } from './format.js';

/**
 * Returns the workflow commands with which GitHub Actions shows findings beside the code: an error where a finding
 * fails a test, else a warning.
 */
export function annotationsOf({ findings, isFailing }: FileReport): string[] {
  return findings.map((finding, index) => {
    const { position = finding.owner.position, chain, message } = finding;
    const where = position
      ? `file=${property(position.file)},line=${position.line},col=${position.column + 1},`
      : '';
    const from = chain.map((site) => `from ${site.name} (${formatPosition(site)})`);
    const text = [headline(finding), ...(message === undefined ? [] : [message]), ...from];
    return `::${isFailing[index] ? 'error' : 'warning'} ${where}title=Throughline::${data(text.join('\n'))}`;
  });
}

/** Escapes as the runner of GitHub Actions expects it (toolkit, `command.ts`). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
