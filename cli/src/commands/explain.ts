import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { explain as explained, scan } from '@throughline/babel-plugin/check';
import { CliError } from '../errors.js';

function hasLine(file: string, line: number): boolean {
  if (statSync(file).isDirectory()) return false;
  return line > 0 && line <= readFileSync(file, 'utf8').split('\n').length;
}

/** Adds the command `throughline explain FILE:LINE`. Throws `TL_POSITION_INVALID`. */
export function explain(program: Command): void {
  program
    .command('explain')
    .description('Show what the plugin does on a line, and why.')
    .argument('<file:line>', 'for example src/cart.ts:12')
    .action((position: string) => {
      const [, file, line] = /^(.+):(\d+)$/.exec(position) ?? [];
      if (file === undefined || line === undefined) throw positionInvalid(position);
      const [report, ...others] = scan([file]);
      if (report === undefined || others.length > 0 || !hasLine(file, Number(line))) {
        throw positionInvalid(position);
      }
      console.log(explained(report, file, Number(line)));
      if (report.error) process.exitCode = 1;
    });
}

function positionInvalid(position: string): CliError {
  return new CliError(
    'TL_POSITION_INVALID',
    `Expected FILE:LINE of an instrumented source file, got ${JSON.stringify(position)}. Example: throughline explain src/cart.ts:12`,
  );
}
