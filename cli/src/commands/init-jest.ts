import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { change } from '../init-jest/change.js';
import { findConfig } from '../init-jest/find.js';

/** Registers `throughline init jest [FILE]`, which adds the preset to a project's Jest configuration. */
export function initJest(program: Command): void {
  program
    .command('init')
    .description('Add Throughline to a project.')
    .command('jest [config]')
    .description('Add the preset to the Jest configuration, and show the change.')
    .option('--dry-run', 'show the change without writing it')
    .action((config: string | undefined, options: { dryRun?: boolean }) =>
      addPreset(process.cwd(), config, options),
    );
}

function addPreset(folder: string, named: string | undefined, options: { dryRun?: boolean }): void {
  const config = findConfig(folder, named);
  const name = relative(folder, config.file);
  const { text, notes, byHand, moved } = change(config.text, config.kind, config.file);
  if (byHand !== undefined) {
    say(`${name} was not changed: ${byHand.why}\n\nAdd by hand:\n\n${indent(byHand.what)}`);
    process.exitCode = 1;
    return;
  }
  if (text === config.text && !moved) {
    say(`${name} already uses the preset. Nothing to change.`);
    return;
  }
  if (text !== '') say(patch(name, config.text, text));
  const program = moved && join(dirname(config.file), moved.name);
  if (moved) say(patch(relative(folder, program!), '', moved.text));
  for (const note of notes) say(`\n- ${note}`);
  if (options.dryRun) return;
  if (text === '') rmSync(config.file);
  else writeFileSync(config.file, text);
  if (moved) writeFileSync(program!, moved.text);
  const to = program === undefined ? '' : ` to ${relative(folder, program)}`;
  say(
    `\n${moved ? `Moved the configuration of ${name}${to}` : `Changed ${name}`}. Run "npx jest".`,
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/** Returns the change of a file as a patch. */
export function patch(name: string, before: string, after: string): string {
  const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(name, name, before, after, undefined, undefined, options).trimEnd();
}
