#!/usr/bin/env node
import { Command } from 'commander';
import { list } from './commands/list.js';
import { open } from './commands/open.js';
import { serve } from './commands/serve.js';
import { show } from './commands/show.js';
import { errorMessage } from './errors.js';

const program = new Command('throughline')
  .description('Causal tracing for JavaScript: collect events and see what caused what.')
  .showHelpAfterError();
for (const command of [serve, list, show, open]) command(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`throughline: ${errorMessage(error)}`);
  process.exitCode = 1;
});
