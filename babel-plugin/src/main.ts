#!/usr/bin/env node
import { Command } from 'commander';
import { check } from './commands/check.js';
import { elsewhere } from './commands/elsewhere.js';
import { explain } from './commands/explain.js';

const program = new Command('throughline')
  .description(
    'Causal tracing for JavaScript: carries context along causality and shows what caused what.',
  )
  .showHelpAfterError();
for (const command of [check, explain, elsewhere]) command(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`throughline: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
