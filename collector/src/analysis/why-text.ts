import { oneLine } from '../graph/plain-text.js';
import type { Reason } from './critical-path.js';
import { count, cut, ms, share, table } from './text.js';
import type { Wait, Why } from './why.js';

/** How many lines the answer has at most. */
const MOST_LINES = 40;
/** How many lines of each part are printed. The critical path gets the rest. */
const MOST = { oneByOne: 4, errors: 4, abandoned: 3, open: 3 } as const;

/** What is said of a wait. */
export const REASONS: Readonly<Record<Reason, string>> = {
  operation: 'waiting for this operation',
  request: 'request in transit',
  answer: 'response in transit',
  message: 'message in transit, or work of the receiver',
  queue: 'waiting in the queue',
  program: 'own code, timers or untraced work',
};

/** Returns the answer as text of at most 40 lines; all waits of the path with `all`. */
export function whyText(why: Why, { all = false } = {}): string {
  const { coverage, path, duration } = why;
  const head = [
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
  ];
  const parts = partsOf(why);
  // One line says how many are left out.
  const most = MOST_LINES - head.length - parts.length - 1;
  const shown = all ? [...path] : longest(path, most);
  const left = path.length - shown.length;
  const rest =
    path.reduce((sum, one) => sum + one.duration, 0) -
    shown.reduce((sum, one) => sum + one.duration, 0);
  const steps = table(shown.map(stepRow(duration)), NUMBERS);
  const more = left > 0 ? [`  and ${count(left, 'shorter step')}, ${ms(rest)} together`] : [];
  return `${[...head, ...steps, ...more, ...parts].join('\n')}\n`;
}

/** Returns every step of the critical path as text, with the event that ends it. */
export function criticalText({ path, duration }: Why): string {
  const row = stepRow(duration);
  const lines = table(
    path.map((step) => [...row(step), step.to]),
    NUMBERS,
  );
  return lines.length > 0
    ? `${lines.join('\n')}\n`
    : 'The task has one event, so it has no critical path.\n';
}

/** How many columns of a step are numbers, which are set to the right. */
const NUMBERS = 3;

function stepRow(total: number): (step: Wait) => string[] {
  return ({ at, duration, what, reason, where }) => [
    `+${ms(at)}`,
    ms(duration),
    share(duration, total),
    cut(what),
    REASONS[reason],
    oneLine(where),
  ];
}

/** Returns what there is to say beside the path. */
function partsOf({ oneByOne, errors, abandoned, open }: Why): string[] {
  return [
    ...part(
      'Sequential calls (in parallel, they would take less, if they do not depend on each other):',
      oneByOne
        .slice(0, MOST.oneByOne)
        .map(({ what, times, duration }) => `${cut(what)}: ${times} calls, ${ms(duration)}`),
    ),
    ...part(
      'Errors:',
      errors
        .slice(0, MOST.errors)
        .map(
          ({ what, type, message, where }) =>
            `${[cut(what), ...saidOf(what, type, message)].join(': ')} (${oneLine(where)})`,
        ),
      errors.length,
    ),
    ...part(
      'Abandoned (still running when Promise.race, any or all was settled without them):',
      abandoned
        .slice(0, MOST.abandoned)
        .map(({ what, where }) => `${cut(what)} (${oneLine(where)})`),
      abandoned.length,
    ),
    ...part('Still running:', open.slice(0, MOST.open).map(cut), open.length),
  ];
}

/** Returns what there is to say of an error beside its label, which may end with the type: `GET /carts 500`. */
function saidOf(what: string, type: string, message: string): string[] {
  if (message !== '') return [cut(message.startsWith(type) ? message : `${type}: ${message}`)];
  return type === '' || what.endsWith(` ${type}`) ? [] : [cut(type)];
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
