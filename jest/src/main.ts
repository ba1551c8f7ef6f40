#!/usr/bin/env node
import { Command } from 'commander';
import { init } from './commands/init.js';

const program = new Command('throughline')
  .description('Causal tracing for JavaScript: says which test everything belongs to.')
  .showHelpAfterError();
init(program);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`throughline: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
