import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { statuses } from './finding.js';
import type { Finding } from './finding.js';
import { meanings } from './meanings.js';
import type { FileReport } from './scan.js';

/** Returns a description of what the plugin does on one line of a file, and why. */
export function explain(report: FileReport, path: string, line: number): string {
  const source = readFileSync(path, 'utf8').split('\n')[line - 1] ?? '';
  const here = report.findings.filter((finding) => finding.line === line);
  const head = [`${report.file}:${line}`, '', `  ${source.trim()}`, ''];
  if (report.error) return [...head, `The file cannot be instrumented: ${report.error}`].join('\n');
  if (here.length === 0) return [...head, 'No spawn point on this line.'].join('\n');
  const compiled = compiledLines(report, line);
  const becomes =
    compiled.length > 0 ? ['Instrumented code:', '', ...compiled.map((text) => `  ${text}`)] : [];
  return [...head, ...here.flatMap(explained), ...becomes].join('\n');
}

function explained({ status, kind, name, column }: Finding): string[] {
  const what = `${name || 'anonymous function'} (column ${column + 1})`;
  if (status !== 'covered') return [`${what}: ${statuses[status]}.`, `  ${advice[status]}`, ''];
  const { sees, joins } = meanings[kind as keyof typeof meanings];
  return [`${what}: ${kind}.`, `  Sees:  ${sees}`, `  Joins: ${joins}`, ''];
}

const advice: Readonly<Record<Exclude<Finding['status'], 'covered'>, string>> = {
  uninstrumented:
    'If it calls back later, the callback runs without context. Instrument the package with the ' +
    'option "include", or add the call to the option "spawnPoints".',
  unknown:
    'If the method calls back later and its class is not instrumented, the callback runs without ' +
    'context. Add it to the option "spawnPoints": "Class.prototype.method".',
  text: 'Callbacks created here run without context.',
};

/** Returns the lines of the output that come from a line of the source. */
function compiledLines({ code, map }: FileReport, line: number): string[] {
  if (map === undefined) return [];
  const origins = new SourceMap(map as SourceMapPayload);
  return code.split('\n').filter((text, index) => {
    const columns = [...text.matchAll(/\S/g)].map((match) => match.index);
    return columns.some((column) => {
      const entry = origins.findEntry(index, column);
      return 'originalLine' in entry && entry.originalLine === line - 1;
    });
  });
}
