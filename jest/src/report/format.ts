import { relative } from 'node:path';
import type { Finding } from '../ledger/findings.js';
import type { Site } from '../ledger/source.js';
import type { Place } from '../ledger/task.js';
import type { FailedGraph, Report } from './channel.js';
import { codeFrame } from './code-frame.js';
import { AND, grouped } from './grouped.js';

/** What happened, by kind: the sentence goes on from the name of the test. */
const sentences: { [K in Finding['kind']]: (finding: Finding) => string } = {
  'late-console': ({ what }) => `${what} after the test was done`,
  'late-expect': ({ what }) => `${what}() ran after the test was done`,
  'unawaited-expect': ({ what }) => `${what}() in a promise that nobody awaited`,
  rejection: () => 'a promise was rejected and nobody handled it',
  exception: () => 'an exception that nobody caught',
  'open-handle': ({ what }) => `${article(what)} is still open`,
  listener: ({ what }) =>
    what.includes(AND)
      ? `listeners for "${what}" are still there`
      : `a listener for "${what}" is still there`,
  'pending-async': ({ what }) => `${what} has not ended`,
};

/** All that is said of a test file, below its name. */
export function formatReport({ findings, graphs, cwd }: Report): string[] {
  const commands = graphs.map((graph) => commandOf(graph, cwd));
  return [
    ...grouped(findings).map((finding) => format(finding, cwd)),
    ...(commands.length > 0 ? [...commands, '\n'] : []),
  ];
}

/** The command that opens a graph, for a shell in the folder that Jest was started in. */
function commandOf({ test, file, taskId }: FailedGraph, folder: string): string {
  const path = relative(folder, file);
  const word = /^[\w@%+=:,./-]+$/.test(path) ? path : JSON.stringify(path);
  const name = test.replaceAll('\n', ' ');
  return `  Graph of "${name}": npx throughline show --graph --file ${word} ${taskId}`;
}

/** What of a test file is said in one line: what it is, and how often. */
export function headline(finding: Finding): string {
  const { kind, task, times } = finding;
  const often = times > 1 ? ` (${times} times)` : '';
  return `${task.name}: ${sentences[kind](finding)}${often}`;
}

/** A finding as people read it: the sentence, the line, and how it came there. */
function format(finding: Finding, folder: string): string {
  const { message, during, place, thrown, chain, task } = finding;
  return [
    `  ● ${headline(finding)}`,
    '',
    ...(message === undefined ? [] : [...indented(message.split('\n')), '']),
    ...(during === undefined ? [] : [`    while "${during}" was running`, '']),
    ...(place ? [...indented(codeFrame(place, folder)), ''] : []),
    ...(place && chain.length === 0 ? [`      at ${written(place)}`] : []),
    ...(thrown ? [`      thrown at ${written(thrown)}`] : []),
    ...chain.map((site) => `      from ${nameOf(site)} (${written(site.calledAt ?? site)})`),
    ...(task.place ? [`      in ${task.kind} (${written(task.place)})`] : []),
    '',
  ].join('\n');
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `    ${line}`));
}

function nameOf({ kind, name }: Site): string {
  if (kind === 'async') return name === '' ? 'an async function' : `${name}()`;
  return name || kind;
}

function written({ file, line, column }: Place): string {
  return `${file}:${line}:${column + 1}`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
