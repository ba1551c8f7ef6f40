import { createRequire } from 'node:module';
import { Command } from 'commander';
import { check } from './commands/check.js';
import { doctor } from './commands/doctor.js';
import { explain } from './commands/explain.js';
import { initJest } from './commands/init-jest.js';
import { list } from './commands/list.js';
import { open } from './commands/open.js';
import { run } from './commands/run.js';
import { serve } from './commands/serve.js';
import { show } from './commands/show.js';
import { stop } from './commands/stop.js';

const { version } = createRequire(import.meta.url)('throughline/package.json') as {
  version: string;
};
const program = new Command('throughline')
  .description('Causal tracing for JavaScript: collect events and see what caused what.')
  .version(version)
  .enablePositionalOptions()
  .showHelpAfterError();
for (const add of [run, stop, serve, list, show, open, check, explain, doctor, initJest])
  add(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`throughline: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
