import type { Amount, Comparison, Difference } from './compare.js';
import { cut, ms, table } from './text.js';

/** How many operations of each part are printed, so that all of them together are at most 40 lines. */
const MOST = 9;

/** Returns a comparison as text of at most 40 lines. */
export function compareText({ before, after, added, removed, changed }: Comparison): string {
  const difference = after.duration - before.duration;
  const lines = [
    `${cut(after.title)}: ${ms(after.duration)}, ${signed(difference)}`,
    `before: ${before.taskId}, ${ms(before.duration)}, ${cut(before.title)}`,
    `after:  ${after.taskId}, ${ms(after.duration)}, ${cut(after.title)}`,
    ...part('Only after:', added),
    ...part('Only before:', removed),
    ...part('In both:', changed),
  ];
  return `${lines.join('\n')}\n`;
}

function part(title: string, all: readonly Difference[]): string[] {
  if (all.length === 0) return [];
  const rows = all
    .slice(0, MOST)
    .map((one) => [
      signed(one.after.duration - one.before.duration),
      amount(one.before),
      amount(one.after),
      cut(one.what),
      one.decided ? 'decided when it ended' : '',
    ]);
  const more = all.length - rows.length;
  return ['', title, ...table(rows, 3), ...(more > 0 ? [`  and ${more} more`] : [])];
}

function amount({ times, duration }: Amount): string {
  return times === 0 ? '–' : `${times} × ${ms(duration / times)}`;
}

function signed(micros: number): string {
  return micros < 0 ? `−${ms(-micros)}` : `+${ms(micros)}`;
}
