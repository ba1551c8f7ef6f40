import { transformSync } from '@babel/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../harness/child';

/** Where the built packages are, and which Node runs the programs: set to try others by hand. */
export const packages = process.env['THROUGHLINE_PACKAGES'] ?? root;
const node = process.env['THROUGHLINE_NODE'] ?? process.execPath;
const TIME = 60_000;

/** Files that every program has. None of them is compiled. */
const PRELUDE: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  // Workers' `console.log` goes through their creator's event loop.
  'print.mjs': `
    import { writeSync } from 'node:fs';
    export const print = (value) => { writeSync(1, JSON.stringify(value) + '\\n'); };`,
  'print.cjs': `
    const { writeSync } = require('node:fs');
    exports.print = (value) => { writeSync(1, JSON.stringify(value) + '\\n'); };`,
  'slots.mjs': `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    const text = { encode: (value) => value, decode: (value) => value };
    const user = register('nobody', { carry: { name: 'user', ...text } });
    const note = register('none');
    export const be = (name) => { setLocal(user, name); setLocal(note, name); };
    export const who = () => getLocal(user);
    export const noted = () => getLocal(note);`,
  'slots.cjs': `
    const { getLocal, register, setLocal } = require('@throughline/runtime');
    const text = { encode: (value) => value, decode: (value) => value };
    const user = register('nobody', { carry: { name: 'user', ...text } });
    const note = register('none');
    exports.be = (name) => { setLocal(user, name); setLocal(note, name); };
    exports.who = () => getLocal(user);
    exports.noted = () => getLocal(note);`,
};

export interface Ran {
  /** What the program printed, a value a line. */
  readonly printed: unknown[];
  readonly code: number | null;
  readonly stderr: string;
}

/** The files of a program by name. Those whose name begins with `plain` are never compiled. */
export type Files = Readonly<Record<string, string>>;

let folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});

/** Writes a program to a folder of its own, compiled by the built plugin. */
export function written(files: Files, { compile = true, options = {} } = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-workers-')));
  folders.push(folder);
  mkdirSync(join(folder, 'node_modules', '@throughline'), { recursive: true });
  symlinkSync(join(packages, 'runtime'), join(folder, 'node_modules', '@throughline', 'runtime'));
  for (const [name, code] of Object.entries({ ...PRELUDE, ...files })) {
    const isOurs = name in files && /\.[cm]?js$/.test(name) && !/(^|\/)plain/.test(name);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      isOurs && compile ? compiled(code, join(folder, name), folder, options) : code,
    );
  }
  return folder;
}

export function compiled(code: string, filename: string, cwd: string, options: object): string {
  const plugin = join(packages, 'babel-plugin', 'dist', 'cjs', 'index.js');
  const result = transformSync(code, {
    ...{ configFile: false, babelrc: false, plugins: [[plugin, options]], filename, cwd },
    sourceType: filename.endsWith('.cjs') ? 'script' : 'module',
    highlightCode: false,
  });
  return result!.code!;
}

/** Runs a program to its end. */
export async function runs(
  files: Files,
  { compile = true, main = Object.keys(files)[0]! } = {},
): Promise<Ran> {
  const folder = written(files, { compile });
  const child = spawn(node, [join(folder, main)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = stdout.split('\n').filter((line) => line !== '');
  const printed = lines.map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return `not JSON: ${line}`;
    }
  });
  return { printed, code, stderr: stderr.replaceAll(folder, '') };
}

/** What a program prints; it has to end by itself, and without a complaint. */
export async function printedBy(
  files: Files,
  options?: Parameters<typeof runs>[1],
): Promise<unknown[]> {
  const { printed, code, stderr } = await runs(files, options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return printed;
}

/**
 * What a program does natively; compiled, it has to do the same. `printed` is sorted, since threads
 * run side by side, unless the program prints in one thread only.
 */
export async function sameBothWays(files: Files, { sorted = false } = {}): Promise<Ran> {
  const [native, ours] = await Promise.all([runs(files, { compile: false }), runs(files)]);
  const shown = ({ printed, code, stderr }: Ran): object => ({
    printed: sorted ? printed.map((one) => JSON.stringify(one)).sort() : printed,
    code,
    // Columns of stack traces differ.
    stderr: stderr.split('\n').filter((line) => /^\w*(Error|Warning)/.test(line)),
  });
  expect(shown(ours)).toEqual(shown(native));
  return native;
}
