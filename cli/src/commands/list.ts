import { Option } from 'commander';
import type { Command } from 'commander';
import { oneLine } from '@throughline/collector';
import type { TaskPage, TaskRange, TaskSummary } from '@throughline/collector';
import { CliError } from '../errors.js';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';

/** The description of the option that searches for tasks. */
export const WHERE_HELP =
  'only tasks that match, such as "route=/carts duration>100ms error" (fields: title, method, route, status, process, tag, duration, events, errors, start, end, id)';

interface ListOptions {
  readonly limit: string;
  readonly where?: string;
  readonly sort: NonNullable<TaskRange['order']>;
  readonly json?: true;
}

/** Adds `throughline list`, which lists the tasks of a collector or of event files, newest first. */
export function list(program: Command): void {
  program
    .command('list')
    .description('List the tasks of a collector or of event files, newest first.')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--where <search>', WHERE_HELP)
    .addOption(
      new Option('--sort <by>', 'what comes first, the largest or latest')
        .choices(['last', 'start', 'duration', 'events', 'errors', 'title'])
        .default('last'),
    )
    .option('--limit <number>', 'maximum number of tasks to list', '20')
    .option('--json', 'print one JSON object per line')
    .action(async (options: SourceOptions & ListOptions) => {
      const { where, sort } = options;
      const limit = wholeNumber(options.limit);
      const source = await openEventSource(options);
      const page = await source.tasks({ limit, where, order: sort });
      printTasks(page, { json: options.json ?? false });
    });
}

/** Prints tasks as JSON, or as a table that ends with the flag that lists all tasks, if there are more. */
export function printTasks({ tasks, matching }: TaskPage, { json }: { json: boolean }): void {
  if (json) {
    for (const task of tasks) console.log(JSON.stringify(task));
    return;
  }
  printTable(HEAD, tasks.map(rowOf));
  if (matching > tasks.length) {
    console.log(`${matching - tasks.length} more. To list all tasks: --limit ${matching}`);
  }
}

export const HEAD = ['TASK', 'FIRST EVENT', 'DURATION', 'EVENTS', 'ERRORS', 'TITLE'];

/** Returns what is printed of a task, a string for each column. */
export function rowOf(task: TaskSummary): string[] {
  const { taskId, firstEvent, duration, events, errors, title } = task;
  return [
    ...[taskId, new Date(firstEvent / 1000).toISOString()],
    ...[`${(duration / 1000).toFixed(1)} ms`, String(events), String(errors)],
    oneLine(title),
  ];
}

function printTable(head: string[], rows: string[][]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, i) =>
    lines.reduce((most, line) => Math.max(most, line[i]!.length), 0),
  );
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
