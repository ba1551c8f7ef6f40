import { oneLine } from '../graph/plain-text.js';
import type { Reason } from './critical-path.js';
import { count, cut, ms, share, table } from './text.js';
import type { Why } from './why.js';

/** How many lines of each part are printed, so that all of them together are at most 40. */
const MOST = { path: 20, oneByOne: 4, errors: 4 } as const;

/** What is said of a wait. */
export const REASONS: Readonly<Record<Reason, string>> = {
  operation: 'waited for it',
  request: 'on its way there',
  answer: 'on its way back',
  queue: 'in the queue',
  program: 'the program, or what is not logged',
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
          `Operations were running for ${ms(coverage.covered)} (${share(coverage.covered, duration)}), ${coverage.average.toFixed(1)} at once on average, ${coverage.most} at most. For ${ms(coverage.gaps)}, none was.`,
          '',
        ]
      : []),
    'What decided when it ended:',
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
      'One after the other, though each might have run beside the one before:',
      why.oneByOne
        .slice(0, MOST.oneByOne)
        .map(({ what, times, duration: took }) => `${cut(what)}: ${times} times, ${ms(took)}`),
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
    ...part('Not ended:', why.open.slice(0, MOST.errors).map(cut), why.open.length),
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
