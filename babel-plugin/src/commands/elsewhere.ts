import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { packageMissing } from '../errors.js';

const COLLECTOR = '@throughline/collector';

/** Commands of the other packages. The `throughline` of every package lists them all. */
const commands: Readonly<Record<string, string>> = {
  serve: 'run a collector',
  list: 'list the tasks of a running collector',
  show: 'show the events of a task',
  open: 'show event files on the page',
};

/** Adds the commands of other packages and forwards them. Throws `TL_PACKAGE_MISSING` if one is not installed. */
export function elsewhere(program: Command): void {
  for (const [name, description] of Object.entries(commands)) {
    program
      .command(name)
      .description(`${description} (${COLLECTOR})`)
      .allowUnknownOption()
      .helpOption(false)
      .argument('[arguments...]')
      .action(() => import(pathToFileURL(mainOf(name)).href));
  }
}

function mainOf(command: string): string {
  const from = createRequire(`${process.cwd()}/package.json`);
  for (const require of [from, createRequire(import.meta.url)]) {
    try {
      return require.resolve(`${COLLECTOR}/main`);
    } catch {
      // Try the next folder.
    }
  }
  throw packageMissing(command, COLLECTOR);
}
