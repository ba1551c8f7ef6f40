import type { Command } from 'commander';
import { CollectorError } from '../errors.js';
import { oneLine } from '../graph/plain-text.js';
import type { TaskPage } from '../store/store.js';
import { DEFAULT_URL } from './collector-api.js';
import { eventSource } from './event-source.js';

/** `throughline list`: the tasks of a running collector, newest first. */
export function list(program: Command): void {
  program
    .command('list')
    .description('List the tasks of a running collector, newest first.')
    .option('--collector <url>', 'address of its page', DEFAULT_URL)
    .option('--file <path>', 'a file or folder of events in place of a collector')
    .option('--limit <number>', 'how many tasks', '20')
    .option('--json', 'one JSON object a line')
    .action(async (options: { collector: string; file?: string; limit: string; json?: true }) => {
      const limit = wholeNumber(options.limit);
      const source = await eventSource(options);
      printTasks(await source.tasks(limit), { json: options.json ?? false });
    });
}

/** Prints tasks as a table that says how to get those that are not in it, or as JSON. */
export function printTasks({ tasks, total }: TaskPage, { json }: { json: boolean }): void {
  if (json) {
    for (const task of tasks) console.log(JSON.stringify(task));
    return;
  }
  const rows = tasks.map(({ taskId, events, firstEvent, title }) => [
    ...[taskId, String(events), new Date(firstEvent / 1000).toISOString(), oneLine(title)],
  ]);
  printTable(['TASK', 'EVENTS', 'FIRST EVENT', 'TITLE'], rows);
  if (total > tasks.length) console.log(`${total - tasks.length} more: --limit ${total}`);
}

function printTable(head: string[], rows: string[][]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  for (const line of lines) {
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    );
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CollectorError(
    'QUERY_INVALID',
    `--limit must be a whole number, but is ${JSON.stringify(text)}.`,
  );
}
