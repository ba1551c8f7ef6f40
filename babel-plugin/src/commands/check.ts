import type { Command } from 'commander';
import { lossesIn, overBudget, readBudget, writeBudget } from '../check/budget.js';
import { scan } from '../check/scan.js';
import { asText } from '../check/text.js';

/** `throughline check SRC...`: the loss map. */
export function check(program: Command): void {
  program
    .command('check')
    .description('show which spawn points are covered, and where context may get lost')
    .argument('<src...>', 'folders and files')
    .option('--all', 'list covered spawn points too')
    .option('--json', 'print JSON')
    .option('--budget <file>', 'exit with 1 when something gets lost that was not before')
    .option('--update', 'write what gets lost now to the budget')
    .action((sources: string[], options: Options) => {
      const reports = scan(sources);
      if (options.json) {
        const shown = reports.map(({ file, findings, error }) => ({ file, findings, error }));
        console.log(JSON.stringify(shown, null, 2));
      } else console.log(asText(reports, { all: Boolean(options.all) }));
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
  const now = lossesIn(reports);
  const before = readBudget(file);
  if (reports.some(({ error }) => error)) return;
  if (before === undefined || update) {
    writeBudget(file, now);
    console.error(`The budget was written to ${file}.`);
    return;
  }
  const over = overBudget(now, before);
  if (over.length === 0) return;
  console.error(`\nOver the budget of ${file}:\n${over.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 1;
}
