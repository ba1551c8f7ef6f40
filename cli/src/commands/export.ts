import { Option } from 'commander';
import type { Command } from 'commander';
import { EXPORT_FORMATS, exportTask, SHIVIZ_PATTERN } from '@throughline/collector';
import type { ExportFormat } from '@throughline/collector';
import { COLLECTOR_HELP } from '../sources/collector-client.js';
import { openEventSource } from '../sources/event-source.js';
import type { SourceOptions } from '../sources/event-source.js';
import { newestTask } from '../sources/newest-task.js';
import { writeFile } from '../write-file.js';

/** Adds `throughline export TASK`, which writes a task in the format of another tool. */
export function exportCommand(program: Command): void {
  const formats = Object.entries(EXPORT_FORMATS).map(([name, { about }]) => `${name}: ${about}`);
  program
    .command('export [task]')
    .description('Write the events of a task in the format of another tool.')
    .usage('[options] <task>|--latest')
    .option('--collector <url>', COLLECTOR_HELP)
    .option('--file <path>', 'read an event file or folder instead of a collector')
    .option('--latest', 'export the newest task')
    .addOption(
      new Option('--as <format>', formats.join('; '))
        .choices(Object.keys(EXPORT_FORMATS))
        .default('jsonl'),
    )
    .option('--out <file>', 'write to a file, not to the standard output')
    .action(async (given: string | undefined, options: Options, command: Command) => {
      const { latest, as, out } = options;
      if (given === undefined && !latest) command.error('error: name a task, or use --latest');
      const source = await openEventSource(options);
      const text = exportTask(await source.task(given ?? (await newestTask(source))), as);
      if (out === undefined) process.stdout.write(text);
      else writeFile(out, text);
      if (as === 'shiviz') console.error(`The pattern for ShiViz's parser: ${SHIVIZ_PATTERN}`);
    });
}

type Options = SourceOptions & { latest?: true; as: ExportFormat; out?: string };
