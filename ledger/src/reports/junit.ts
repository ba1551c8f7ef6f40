import { relative } from 'node:path';
import type { Finding } from '../findings.js';
import type { FileReport } from '../report.js';
import { headline, sentenceOf } from '../sentences.js';
import { formatPosition } from './format.js';

/**
 * Returns a JUnit document with a suite for each test file, and a case for each finding: a failure where it fails a
 * test, else a skipped case with the finding as its message, which CI systems show without failing.
 */
export function junitOf(reports: readonly FileReport[]): string {
  const found = reports.filter(({ findings }) => findings.length > 0);
  const failures = found.flatMap(({ findings, isFailing }) =>
    findings.filter((_, i) => isFailing[i]),
  );
  const tests = found.reduce((sum, { findings }) => sum + findings.length, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="Throughline" tests="${tests}" failures="${failures.length}">`,
    ...found.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf({ testPath, cwd, findings, isFailing }: FileReport): string[] {
  const file = relative(cwd, testPath).replaceAll('\\', '/');
  const failures = isFailing.filter(Boolean).length;
  const skipped = findings.length - failures;
  const numbers = `tests="${findings.length}" failures="${failures}" skipped="${skipped}"`;
  return [
    `  <testsuite name="${escaped(file)}" ${numbers}>`,
    ...findings.flatMap((finding, index) => caseOf(finding, file, isFailing[index] === true)),
    '  </testsuite>',
  ];
}

function caseOf(finding: Finding, file: string, isFailing: boolean): string[] {
  const { owner, kind, position, message, chain } = finding;
  const name = `${owner.name}: ${sentenceOf(finding)}`;
  const lines = [
    ...(message === undefined ? [] : [message]),
    ...(position ? [`at ${formatPosition(position)}`] : []),
    ...chain.map((site) => `from ${site.name || site.kind} (${formatPosition(site)})`),
  ].join('\n');
  const tag = isFailing ? 'failure' : 'skipped';
  const type = isFailing ? ` type="${kind}"` : '';
  return [
    `    <testcase classname="${escaped(file)}" name="${escaped(name)}" time="0">`,
    `      <${tag} message="${escaped(headline(finding))}"${type}>${escaped(lines)}</${tag}>`,
    '    </testcase>',
  ];
}

// XML 1.0 has no way to write other control characters.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

function escaped(text: string): string {
  return text.replace(UNWRITABLE, '\ufffd').replace(/[&<>"\n]/g, (found) => ENTITIES[found]!);
}
