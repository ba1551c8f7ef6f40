import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { change } from '../config/change.js';
import { diff } from '../config/diff.js';
import { findConfig } from '../config/find.js';

/** Registers `throughline init jest [FILE]`, which adds the preset to a project's Jest configuration. */
export function init(program: Command): void {
  program
    .command('init')
    .description('add Throughline to a project')
    .command('jest [config]')
    .description('add the preset to the Jest configuration and show the change')
    .option('--dry-run', 'show the change without writing it')
    .action((config: string | undefined, options: { dryRun?: boolean }) =>
      initJest(process.cwd(), config, options),
    );
}

function initJest(folder: string, named: string | undefined, options: { dryRun?: boolean }): void {
  const config = findConfig(folder, named);
  const name = relative(folder, config.file);
  const { text, notes, byHand } = change(config.text, config.kind, config.file);
  if (byHand !== undefined) {
    say(`${name} was not changed: ${byHand.why}\n\nAdd by hand:\n\n${indented(byHand.what)}`);
    process.exitCode = 1;
    return;
  }
  if (text === config.text) {
    say(`${name} already uses the preset. Nothing to change.`);
    return;
  }
  say(diff(config.text, text, name));
  for (const note of notes) say(`\n- ${note}`);
  if (options.dryRun) return;
  writeFileSync(config.file, text);
  say(`\n${config.exists ? 'Changed' : 'Wrote'} ${name}. Run "npx jest".`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
