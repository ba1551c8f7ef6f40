import type { Command } from 'commander';
import {
  countLosses,
  formatReport,
  overBudget,
  readBudget,
  scan,
  writeBudget,
} from '@throughline/babel-plugin/check';
import { CliError } from '../errors.js';

/** Adds the command `throughline check SRC...`, which lists the calls that may lose context. */
export function check(program: Command): void {
  program
    .command('check')
    .description('Count the spawn points that carry context, and list the calls that may lose it.')
    .argument('<src...>', 'source files and folders')
    .option('--all', 'also list covered spawn points')
    .option('--json', 'print JSON')
    .option('--budget <file>', 'exit with code 1 if more is lost than the file allows')
    .option('--update', 'write the current losses to the budget file')
    .action((sources: string[], options: Options) => {
      if (options.update && !options.budget) {
        throw new CliError(
          'TL_ARGUMENT_INVALID',
          '--update needs the file to write: --budget FILE.',
        );
      }
      const reports = scan(sources);
      if (options.json) {
        const shown = reports.map(({ file, findings, error, note }) => ({
          ...{ file, findings, error, note },
        }));
        console.log(JSON.stringify(shown, null, 2));
      } else console.log(formatReport(reports, { all: Boolean(options.all) }));
      if (options.budget) compare(reports, options.budget, Boolean(options.update));
      if (reports.some(({ error }) => error)) process.exitCode = 1;
    });
}

interface Options {
  all?: boolean;
  json?: boolean;
  budget?: string;
  update?: boolean;
}

function compare(reports: ReturnType<typeof scan>, file: string, update: boolean): void {
  const now = countLosses(reports);
  if (reports.some(({ error }) => error)) return;
  if (update) {
    writeBudget(file, now);
    console.error(`Wrote the budget to ${file}.`);
    return;
  }
  const over = overBudget(now, readBudget(file));
  if (over.length === 0) return;
  console.error(`\nOver the budget in ${file}:\n${over.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 1;
}
