import type { Command } from 'commander';
import { CliError, errorMessage, runFailed } from '../errors.js';
import { findOrStartCollector } from '../run/own-collector.js';
import type { RunningCollector } from '../run/own-collector.js';
import { commandOf, endAs, runProgram } from '../run/program.js';

/** Adds `throughline run SCRIPT`, which runs a program and collects what it does. */
export function run(program: Command): void {
  program
    .command('run')
    .description('Run a program, and see on a page what each of its requests has caused.')
    .usage('[options] <script|command> [args...]')
    .argument('<script>', 'a script, such as server.ts, or a command, such as npm')
    .argument('[args...]', 'its arguments')
    .option('--include <packages>', 'instrument only these packages beside the program, by commas')
    .option('--exclude <packages>', 'leave these packages as they are, by commas')
    .option('--propagate-to <hosts>', 'send task ids to these hosts of other networks, by commas')
    .option('--no-logs', 'leave out what loggers write')
    .passThroughOptions()
    // Options of Node, such as --watch.
    .allowUnknownOption()
    .action(async (script: string, args: string[], options: Options) => {
      const collector = await findOrStartCollector().catch(sayWithout);
      const env = { ...process.env, ...(collector && environmentFor(collector, options)) };
      if (collector) say(collector);
      const ended = await runProgram(commandOf([script, ...args]), env).catch((error: unknown) => {
        throw new CliError('TL_ARGUMENT_INVALID', `Cannot run ${script}: ${errorMessage(error)}.`);
      });
      endAs(ended);
    });
}

interface Options {
  readonly include?: string;
  readonly exclude?: string;
  readonly propagateTo?: string;
  readonly logs: boolean;
}

function environmentFor(
  { reportAddress }: RunningCollector,
  { include, exclude, propagateTo, logs }: Options,
): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', THROUGHLINE_OPTIONS } = process.env;
  const preload = new URL('../run/preload.js', import.meta.url).href;
  const asked = {
    ...(include !== undefined && { include: include.split(',') }),
    ...(exclude !== undefined && { exclude: exclude.split(',') }),
  };
  return {
    NODE_OPTIONS: `${NODE_OPTIONS} --import=${preload}`.trim(),
    THROUGHLINE_COLLECTOR: reportAddress,
    ...(propagateTo !== undefined && { THROUGHLINE_PROPAGATE_TO: propagateTo }),
    ...(!logs && { THROUGHLINE_LOGS: 'off' }),
    THROUGHLINE_OPTIONS: JSON.stringify({
      ...(JSON.parse(THROUGHLINE_OPTIONS ?? '{}') as object),
      ...asked,
    }),
  };
}

/** What the program itself prints to stdout may be read by another program. */
function say({ url, isNew }: RunningCollector): void {
  const how = isNew ? ' (a collector was started; "throughline stop" ends it)' : '';
  console.error(`throughline: tasks at ${url}${how}`);
}

function sayWithout(error: unknown): undefined {
  console.error(`throughline: ${runFailed(error).message}`);
}
