import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';

/** Commands of the other packages. Every package's `throughline` knows them. */
const commands: Readonly<Record<string, string>> = {
  check: 'where context may get lost',
  explain: 'what becomes of a line',
  serve: 'run a collector',
  list: 'the tasks of a collector or a file',
  show: 'the events of a task',
  open: 'files of events, on the page',
};

/** Hands a command on to the plugin's program, which finds those of the collector as well. */
export function elsewhere(program: Command): void {
  for (const [name, description] of Object.entries(commands)) {
    program
      .command(name)
      .description(description)
      .allowUnknownOption()
      .helpOption(false)
      .argument('[arguments...]')
      .action(() => import(pathToFileURL(pluginProgram()).href));
  }
}

function pluginProgram(): string {
  const manifest = '@throughline/babel-plugin/package.json';
  const file = createRequire(import.meta.url).resolve(manifest);
  return join(dirname(file), 'dist', 'esm', 'main.js');
}
