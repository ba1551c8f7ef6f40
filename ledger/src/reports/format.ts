import { relative } from 'node:path';
import type { SourcePosition } from '../owner.js';
import type { FailedGraph, FileReport } from '../report.js';
import { headline } from '../sentences.js';
import type { Site } from '../source.js';
import { codeFrame } from './code-frame.js';
import { groupByCause } from './group.js';
import type { Group } from './group.js';

/** The names of further tests that are printed for one cause. */
const MOST_NAMES = 3;

/** Returns the report of a test file, without its heading. At most `most` causes are printed. */
export function formatReport(report: FileReport, most = Infinity): string[] {
  const { findings, graphs, cwd } = report;
  const groups = groupByCause(findings);
  const left = groups.length - most;
  const commands = graphs.map((graph) => commandOf(graph, cwd));
  return [
    ...groups.slice(0, most).map((group) => format(group, cwd)),
    ...(left > 0 ? [leftOut(left)] : []),
    ...(commands.length > 0 ? [...commands, '\n'] : []),
  ];
}

function leftOut(count: number): string {
  const things = count === 1 ? '1 more finding is' : `${count} more findings are`;
  return `  … ${things} not printed. The option "maxPrinted" sets how many are.\n`;
}

/** Returns the line with the command that shows a graph, to run in the folder that the runner was started in. */
function commandOf({ test, file, taskId }: FailedGraph, folder: string): string {
  const path = relative(folder, file);
  const word = /^[\w@%+=:,./-]+$/.test(path) ? path : JSON.stringify(path);
  const name = JSON.stringify(test.replaceAll('\n', ' '));
  return `  Graph of ${name}: npx throughline show --graph --file ${word} ${taskId}`;
}

/** Formats a finding: the sentence, the line, and the spawn points that led there. */
function format({ finding, others }: Group, folder: string): string {
  const { message, during, position, thrown, chain, owner } = finding;
  return [
    `  ● ${headline(finding)}`,
    '',
    ...(message === undefined ? [] : [...indent(message.split('\n')), '']),
    ...(during === undefined ? [] : [`    while "${during}" was running`, '']),
    ...(others.length === 0 ? [] : [`    also in ${listed(others)}`, '']),
    ...(position ? [...indent(codeFrame(position, folder)), ''] : []),
    ...(position ? [`      at ${formatPosition(position)}`] : []),
    ...(thrown ? [`      thrown at ${formatPosition(thrown)}`] : []),
    ...chain.map((site) => `      from ${nameOf(site)} (${formatPosition(site.calledAt ?? site)})`),
    ...(owner.position ? [`      in ${owner.kind} (${formatPosition(owner.position)})`] : []),
    '',
  ].join('\n');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  const left = names.length - shown.length;
  return shown.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `    ${line}`));
}

function nameOf({ kind, name }: Site): string {
  if (kind === 'async') return name === '' ? 'an async function' : `${name}()`;
  return name || kind;
}

/** Formats a position as editors do: columns from 1. */
export function formatPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column + 1}`;
}
