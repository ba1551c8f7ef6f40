import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';

/** Commands of the other packages. The `throughline` command of each package accepts them all. */
const commands: Readonly<Record<string, string>> = {
  check: 'show where context may be lost',
  explain: 'explain what the plugin does on a line',
  serve: 'run a collector',
  list: 'list the tasks of a collector or a file',
  show: 'print the events of a task',
  open: 'show event files on the page',
};

/** Registers the commands. They run the plugin's program, which also finds those of the collector. */
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
