#!/usr/bin/env node
import { Command } from 'commander';
import { elsewhere } from './commands/elsewhere.js';
import { init } from './commands/init.js';

const program = new Command('throughline')
  .description(
    'Causal tracing for JavaScript: reports which test each log, timer and rejection belongs to.',
  )
  .showHelpAfterError();
for (const command of [init, elsewhere]) command(program);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`throughline: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
