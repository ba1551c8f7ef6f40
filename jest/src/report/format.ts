import { relative } from 'node:path';
import type { Finding } from '../ledger/findings.js';
import type { Site } from '../ledger/source.js';
import type { SourcePosition } from '../ledger/owner.js';
import type { FailedGraph, FileReport } from './channel.js';
import { codeFrame } from './code-frame.js';
import { AND, groupListeners } from './group-listeners.js';

/** The sentence for each kind. It follows the name of the test and a colon, and contains no colon itself. */
const sentences: { [K in Finding['kind']]: (finding: Finding) => string } = {
  'late-console': ({ what }) => `${what}() was called after the test finished`,
  'late-expect': ({ what }) => `${what}() ran after the test finished`,
  'unawaited-expect': ({ what }) => `${what}() ran in a promise that was not awaited`,
  rejection: () => 'unhandled promise rejection',
  exception: () => 'uncaught exception',
  'open-handle': ({ what }) => `${article(what)} is still open`,
  listener: ({ what }) =>
    what.includes(AND)
      ? `listeners for "${what}" were not removed`
      : `a listener for "${what}" was not removed`,
  'pending-async': ({ what }) => `${what} is still pending`,
};

/** Returns the report of a test file, without its heading. */
export function formatReport({ findings, graphs, cwd }: FileReport): string[] {
  const commands = graphs.map((graph) => commandOf(graph, cwd));
  return [
    ...groupListeners(findings).map((finding) => format(finding, cwd)),
    ...(commands.length > 0 ? [...commands, '\n'] : []),
  ];
}

/** Returns the line with the command that shows a graph, to run in the folder that Jest was started in. */
function commandOf({ test, file, taskId }: FailedGraph, folder: string): string {
  const path = relative(folder, file);
  const word = /^[\w@%+=:,./-]+$/.test(path) ? path : JSON.stringify(path);
  const name = JSON.stringify(test.replaceAll('\n', ' '));
  return `  Graph of ${name}: npx throughline show --graph --file ${word} ${taskId}`;
}

/** Returns a finding as one line: the test, the sentence, and how often it was found. */
export function headline(finding: Finding): string {
  const { kind, owner, times } = finding;
  const often = times > 1 ? ` (${times} times)` : '';
  return `${owner.name}: ${sentences[kind](finding)}${often}`;
}

/** Formats a finding: the sentence, the line, and the spawn points that led there. */
function format(finding: Finding, folder: string): string {
  const { message, during, position, thrown, chain, owner } = finding;
  return [
    `  ● ${headline(finding)}`,
    '',
    ...(message === undefined ? [] : [...indent(message.split('\n')), '']),
    ...(during === undefined ? [] : [`    while "${during}" was running`, '']),
    ...(position ? [...indent(codeFrame(position, folder)), ''] : []),
    ...(position && chain.length === 0 ? [`      at ${formatPosition(position)}`] : []),
    ...(thrown ? [`      thrown at ${formatPosition(thrown)}`] : []),
    ...chain.map((site) => `      from ${nameOf(site)} (${formatPosition(site.calledAt ?? site)})`),
    ...(owner.position ? [`      in ${owner.kind} (${formatPosition(owner.position)})`] : []),
    '',
  ].join('\n');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `    ${line}`));
}

function nameOf({ kind, name }: Site): string {
  if (kind === 'async') return name === '' ? 'an async function' : `${name}()`;
  return name || kind;
}

function formatPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column + 1}`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
