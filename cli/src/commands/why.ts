import type { Command } from 'commander';
import { explainWaits, whyText } from '@throughline/collector';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';
import { newestTask } from '../sources/newest-task.js';

/** Adds `throughline why [TASK]`, which tells why a task took as long as it did. */
export function why(program: Command): void {
  program
    .command('why [task]')
    .description('Tell why a task took as long as it did: what it waited for, where, how long.')
    .usage('[options] <task>|--latest')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--latest', 'explain the newest task')
    .option('--all', 'print every step, not only the 20 longest')
    .option('--json', 'print a JSON object instead')
    .action(async (given: string | undefined, options: Options, command: Command) => {
      const { latest, all, json } = options;
      if (given === undefined && !latest) command.error('error: name a task, or use --latest');
      const source = await openEventSource(options);
      const task = given ?? (await newestTask(source));
      const answer = explainWaits(await source.task(task));
      process.stdout.write(
        json ? `${JSON.stringify(answer)}\n` : whyText(answer, { all: all ?? false }),
      );
    });
}

type Options = SourceOptions & { latest?: true; all?: true; json?: true };
