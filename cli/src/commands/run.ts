import { writeSync } from 'node:fs';
import { noteProgram, notesOf, trimNotes } from '@throughline/collector/folders';
import type { Command } from 'commander';
import { CliError, errorMessage, runFailed } from '../errors.js';
import { findOrStartCollector } from '../run/own-collector.js';
import type { RunningCollector } from '../run/own-collector.js';
import { becomeProgram, commandOf, endAs, runProgram } from '../run/program.js';

/** Adds `throughline run SCRIPT`, which runs a program and collects what it does. */
export function run(program: Command): void {
  program
    .command('run')
    .description('Run a program, and see on a page what each of its requests has caused.')
    .usage('[options] <script|command> [args...]')
    .argument('<script>', 'a script, such as server.ts, or a command, such as npm')
    .argument('[args...]', 'its arguments')
    .option('--include <packages>', 'of packages, instrument only these (separated by commas)')
    .option('--exclude <packages>', 'leave these packages as they are (separated by commas)')
    .option('--propagate-to <hosts>', 'also send task ids to these hosts (separated by commas)')
    .option('--no-code', 'do not let the page show code of the program')
    .option('--no-logs', 'leave out what the console and loggers write')
    .option('--sample <part>', 'keep this fraction of all tasks, such as 0.1', partOf)
    .option(
      '--functions <time>',
      'log async functions that take at least this long, such as 1ms',
      millisecondsFor('--functions'),
    )
    .option(
      '--files <time>',
      'log calls of node:fs that take at least this long, such as 10ms',
      millisecondsFor('--files'),
    )
    .option('--otlp', 'send spans and logs to the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names')
    .option('--open', 'show the page in the browser')
    .passThroughOptions()
    // Options of Node, such as --watch.
    .allowUnknownOption()
    .action(async (script: string, args: string[], options: Options) => {
      const collector = options.otlp ? undefined : await findOrStartCollector().catch(sayWithout);
      const address = options.otlp ? 'otlp' : collector?.reportAddress;
      const notes = options.code ? notesOf(collector?.file) : undefined;
      if (!options.code) hideCode(process.env['THROUGHLINE_PROGRAMS']);
      if (notes !== undefined) trimNotes(notes);
      const env = {
        ...process.env,
        ...(address && environmentFor(address, options)),
        // One that an outer `run` has set is not for this program.
        THROUGHLINE_PROGRAMS: notes ?? '',
      };
      if (collector) say(collector);
      if (collector && options.open) await openBrowser(collector.url).catch(sayClosed);
      const words = commandOf([script, ...args]);
      becomeProgram(words, env);
      const ended = await runProgram(words, env).catch((error: unknown) => {
        throw new CliError('TL_ARGUMENT_INVALID', `Cannot run ${script}: ${errorMessage(error)}.`);
      });
      endAs(ended);
    });
}

interface Options {
  readonly include?: string;
  readonly exclude?: string;
  readonly propagateTo?: string;
  readonly code: boolean;
  readonly logs: boolean;
  readonly sample?: number;
  readonly functions?: number;
  readonly files?: number;
  readonly otlp?: boolean;
  readonly open?: boolean;
}

function environmentFor(
  address: string,
  { include, exclude, propagateTo, logs, sample, functions, files }: Options,
): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '', THROUGHLINE_OPTIONS } = process.env;
  const preload = new URL('../run/preload.js', import.meta.url).href;
  const asked = {
    ...(include !== undefined && { include: include.split(',') }),
    ...(exclude !== undefined && { exclude: exclude.split(',') }),
    // Which function an activation is of, is known only in builds with causes.
    ...(functions !== undefined && { causes: true }),
  };
  return {
    NODE_OPTIONS: `${NODE_OPTIONS} --import=${preload}`.trim(),
    THROUGHLINE_COLLECTOR: address,
    ...(propagateTo !== undefined && { THROUGHLINE_PROPAGATE_TO: propagateTo }),
    ...(!logs && { THROUGHLINE_LOGS: 'off' }),
    ...(sample !== undefined && { THROUGHLINE_SAMPLE: String(sample) }),
    ...(functions !== undefined && { THROUGHLINE_FUNCTIONS: String(functions) }),
    ...(files !== undefined && { THROUGHLINE_FILES: String(files) }),
    THROUGHLINE_OPTIONS: JSON.stringify({
      ...(JSON.parse(THROUGHLINE_OPTIONS ?? '{}') as object),
      ...asked,
    }),
  };
}

/**
 * Writes a line to stderr: what the program itself prints to stdout may be read by another program. Not by the console, which would leave a
 * stream that does not block to the program.
 */
function tell(text: string): void {
  writeSync(2, `throughline: ${text}\n`);
}

function say({ url, isNew }: RunningCollector): void {
  const how = isNew ? ' (a collector was started; "throughline stop" ends it)' : '';
  tell(`tasks at ${url}${how}`);
}

/** Takes back what an outer `run` has noted of this process, which the program may become. Without it there is nothing to show. */
function hideCode(notes: string | undefined): void {
  try {
    if (notes)
      noteProgram(notes, { processId: process.pid, folder: null, since: Date.now() * 1000 });
  } catch {
    // The file may be gone, or not writable here: then nothing was noted.
  }
}

/** Loaded on demand, because few start it. */
async function openBrowser(url: string): Promise<void> {
  if (url.startsWith('unix:')) throw new Error('a browser cannot open a Unix socket');
  const { default: open } = await import('open');
  await open(url);
}

function sayClosed(error: unknown): void {
  tell(`No browser was opened: ${errorMessage(error)}`);
}

function partOf(text: string): number {
  const part = Number(text);
  if (part > 0 && part <= 1) return part;
  throw new CliError(
    'TL_ARGUMENT_INVALID',
    `--sample must be a number above 0 and at most 1, got ${JSON.stringify(text)}.`,
  );
}

function millisecondsFor(option: string): (text: string) => number {
  return (text) => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
    if (number !== undefined) return Number(number) * (unit === 's' ? 1000 : 1);
    throw new CliError(
      'TL_ARGUMENT_INVALID',
      `${option} must be a time, such as 1ms or 0.5s, got ${JSON.stringify(text)}.`,
    );
  };
}

function sayWithout(error: unknown): undefined {
  tell(`${runFailed(error).message}`);
}
