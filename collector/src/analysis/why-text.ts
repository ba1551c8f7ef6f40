import { oneLine } from '../graph/plain-text.js';
import type { Reason } from './critical-path.js';
import { count, cut, ms, share, table } from './text.js';
import type { Why } from './why.js';

/** How many lines of each part are printed, so that all of them together are at most 40. */
const MOST = { path: 20, oneByOne: 4, errors: 4 } as const;

/** What is said of a wait. */
export const REASONS: Readonly<Record<Reason, string>> = {
  operation: 'waiting for this operation',
  request: 'request in transit',
  answer: 'response in transit',
  queue: 'waiting in the queue',
  program: 'own code, timers or untraced work',
};

/** Returns the answer as text of at most 40 lines; all waits of the path with `all`. */
export function whyText(why: Why, { all = false } = {}): string {
  const { coverage, path, duration } = why;
  const shown = all ? [...path] : longest(path, MOST.path);
  const left = path.length - shown.length;
  const rest =
    path.reduce((sum, one) => sum + one.duration, 0) -
    shown.reduce((sum, one) => sum + one.duration, 0);
  const lines = [
    `${cut(why.title)}: ${ms(duration)}`,
    `task ${why.taskId}, ${count(why.events, 'event')}, ${count(why.processes, 'process', 'processes')}, ${count(why.errors.length, 'error')}`,
    '',
    ...(coverage.most > 0
      ? [
          `In operations: ${ms(coverage.covered)} (${share(coverage.covered, duration)}), outside: ${ms(coverage.gaps)}. Concurrency: ${coverage.average.toFixed(1)} on average, ${coverage.most} at most.`,
          '',
        ]
      : []),
    'Critical path:',
    ...table(
      shown.map(({ at, duration: took, what, reason, where }) => [
        `+${ms(at)}`,
        ms(took),
        share(took, duration),
        cut(what),
        `${REASONS[reason]}`,
        oneLine(where),
      ]),
      3,
    ),
    ...(left > 0 ? [`  and ${count(left, 'shorter step')}, ${ms(rest)} together`] : []),
    ...part(
      'Sequential calls (in parallel, they would take less, if they do not depend on each other):',
      why.oneByOne
        .slice(0, MOST.oneByOne)
        .map(({ what, times, duration: took }) => `${cut(what)}: ${times} calls, ${ms(took)}`),
    ),
    ...part(
      'Errors:',
      why.errors
        .slice(0, MOST.errors)
        .map(
          ({ what, type, message, where }) =>
            `${cut(what)}: ${cut(message.startsWith(type) || message === '' ? message || type : `${type}: ${message}`)} (${oneLine(where)})`,
        ),
      why.errors.length,
    ),
    ...part('Still running:', why.open.slice(0, MOST.errors).map(cut), why.open.length),
  ];
  return `${lines.join('\n')}\n`;
}

/** Returns the waits that took longest, in their own order. */
function longest<T extends { readonly duration: number }>(path: readonly T[], most: number): T[] {
  const chosen = new Set([...path].sort((a, b) => b.duration - a.duration).slice(0, most));
  return path.filter((one) => chosen.has(one));
}

function part(title: string, lines: readonly string[], of = lines.length): string[] {
  if (lines.length === 0) return [];
  const more = of - lines.length;
  return [
    '',
    title,
    ...lines.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
