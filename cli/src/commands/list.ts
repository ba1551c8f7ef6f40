import type { Command } from 'commander';
import { oneLine } from '@throughline/collector';
import type { TaskPage } from '@throughline/collector';
import { CliError } from '../errors.js';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';

/** Adds `throughline list`, which lists the tasks of a collector or of event files, newest first. */
export function list(program: Command): void {
  program
    .command('list')
    .description('List the tasks of a collector or of event files, newest first.')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--limit <number>', 'maximum number of tasks to list', '20')
    .option('--json', 'print one JSON object per line')
    .action(async (options: SourceOptions & { limit: string; json?: true }) => {
      const limit = wholeNumber(options.limit);
      const source = await openEventSource(options);
      printTasks(await source.tasks(limit), { json: options.json ?? false });
    });
}

/** Prints tasks as JSON, or as a table that ends with the flag that lists all tasks, if there are more. */
export function printTasks({ tasks, total }: TaskPage, { json }: { json: boolean }): void {
  if (json) {
    for (const task of tasks) console.log(JSON.stringify(task));
    return;
  }
  const rows = tasks.map(({ taskId, events, firstEvent, title }) => [
    ...[taskId, String(events), new Date(firstEvent / 1000).toISOString(), oneLine(title)],
  ]);
  printTable(['TASK', 'EVENTS', 'FIRST EVENT', 'TITLE'], rows);
  if (total > tasks.length) {
    console.log(`${total - tasks.length} more. To list all tasks: --limit ${total}`);
  }
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
  throw new CliError(
    'TL_ARGUMENT_INVALID',
    `--limit must be a whole number from 0 to 999999999, got ${JSON.stringify(text)}.`,
  );
}
