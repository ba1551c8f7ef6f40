import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { packageMissing } from '../errors.js';

const COLLECTOR = '@throughline/collector';

/** Commands of the other packages. Every package's `throughline` knows them all. */
const commands: Readonly<Record<string, string>> = {
  serve: 'run a collector',
  list: 'the tasks of a running collector',
  show: 'the events of a task',
  open: 'files of events, on the page',
};

/** Hands a command on to the package that it is part of. */
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
      // Looked for at the next place.
    }
  }
  throw packageMissing(command, COLLECTOR);
}
