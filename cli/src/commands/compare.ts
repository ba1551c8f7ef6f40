import type { Command } from 'commander';
import { compareTasks, compareText } from '@throughline/collector';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';

/** Adds `throughline compare BEFORE AFTER`, which tells what two tasks differ in. */
export function compare(program: Command): void {
  program
    .command('compare <before> <after>')
    .description('Tell what two tasks differ in: operations that were added, removed, slower.')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--json', 'print a JSON object instead')
    .action(async (before: string, after: string, options: SourceOptions & { json?: true }) => {
      const source = await openEventSource(options);
      const answer = compareTasks(await source.task(before), await source.task(after));
      process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : compareText(answer));
    });
}
