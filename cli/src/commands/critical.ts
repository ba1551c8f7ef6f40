import type { Command } from 'commander';
import { criticalText, explainWaits } from '@throughline/collector';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';
import { newestTask } from '../sources/newest-task.js';

/** Adds `throughline critical [TASK]`, which prints every step of a task's critical path. */
export function critical(program: Command): void {
  program
    .command('critical [task]')
    .description('Print every step of the critical path: the chain that decided when a task ended.')
    .usage('[options] <task>|--latest')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--latest', 'of the newest task')
    .option('--json', 'print one JSON object per step')
    .action(async (given: string | undefined, options: Options, command: Command) => {
      const { latest, json } = options;
      if (given === undefined && !latest) command.error('error: name a task, or use --latest');
      const source = await openEventSource(options);
      const why = explainWaits(await source.task(given ?? (await newestTask(source))));
      if (json) for (const step of why.path) console.log(JSON.stringify(step));
      else process.stdout.write(criticalText(why));
    });
}

type Options = SourceOptions & { latest?: true; json?: true };
