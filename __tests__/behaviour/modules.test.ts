import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instrument } from '../harness/instrument';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-'));
  mkdirSync(join(folder, 'node_modules/@throughline'), { recursive: true });
  symlinkSync(
    join(__dirname, '../../runtime'),
    join(folder, 'node_modules/@throughline/runtime'),
    'junction',
  );
  writeFileSync(
    join(folder, 'slot.mjs'),
    `import { getLocal, register, setLocal } from '@throughline/runtime';
     const user = register('nobody');
     export const read = () => getLocal(user), set = (name) => setLocal(user, name);`,
  );
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { read } from './slot.mjs';
     const failed = await import('./instrumented.mjs').then(() => 'loaded', (error) => error.message);
     const found = [read()];
     setImmediate(() => console.log(JSON.stringify([failed, ...found, read()])));`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads an instrumented module from code that was not compiled; says what that sees afterwards. */
function load(module: string): unknown {
  const code = instrument(`import { read, set } from './slot.mjs';\n${module}`);
  writeFileSync(join(folder, 'instrumented.mjs'), code);
  return JSON.parse(
    execFileSync(process.execPath, [join(folder, 'main.mjs')], { encoding: 'utf8' }),
  );
}

test('a module with top-level await leaves root behind', () => {
  const module = `set('ada'); await null; if (read() !== 'ada') throw new Error('lost'); set('eve');`;

  expect(load(module)).toEqual(['loaded', 'nobody', 'nobody']);
});

test('a module that fails before its top-level await leaves root behind', () => {
  const module = `set('eve'); if (read() === 'eve') throw new Error('early'); await null;`;

  expect(load(module)).toEqual(['early', 'nobody', 'nobody']);
});

test('a module that fails after its top-level await leaves root behind', () => {
  const module = `await null; set('eve'); throw new Error('late');`;

  expect(load(module)).toEqual(['late', 'nobody', 'nobody']);
});

test('a module whose top-level await rejects leaves root behind', () => {
  const module = `set('eve'); await Promise.reject(new Error('rejected'));`;

  expect(load(module)).toEqual(['rejected', 'nobody', 'nobody']);
});
