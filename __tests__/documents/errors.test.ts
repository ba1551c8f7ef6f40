import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The members of a union of codes, as its source lists them. */
function codesOf(file: string, type: string): string[] {
  const union = new RegExp(`export type ${type} =([^;]*);`).exec(read(file))![1]!;
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code!);
}

const types: [heading: string, file: string, type: string][] = [
  ['The plugin', 'babel-plugin/src/errors.ts', 'PluginErrorCode'],
  ['The runtime', 'runtime/src/kernel/errors.ts', 'RuntimeErrorCode'],
  ['Tests', 'ledger/src/errors.ts', 'LedgerErrorCode'],
  ['Jest', 'jest/src/errors.ts', 'JestErrorCode'],
  ['The collector', 'collector/src/errors.ts', 'CollectorErrorCode'],
  ['The command line', 'cli/src/errors.ts', 'CliErrorCode'],
];

test.each(types)('%s: ERRORS.md explains every code, and no other', (heading, file, type) => {
  const chapter = read('ERRORS.md')
    .split(/^## /m)
    .find((text) => text.startsWith(heading))!;
  const explained = [...chapter.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!);

  expect([...explained].sort()).toEqual(codesOf(file, type).sort());
});
