import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, ran, root } from '../harness/child';

const throughline = join(root, 'cli', 'dist', 'esm', 'main.js');
const env = { THROUGHLINE_BRIDGE: 'off' };

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-doctor-')));
  mkdirSync(join(folder, 'node_modules', '@throughline'), { recursive: true });
  for (const name of ['runtime', 'babel-plugin']) {
    symlinkSync(join(root, name), join(folder, 'node_modules', '@throughline', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server whose queue waits between two functions of the program. */
const queue = `
  export const later = (fn) => new Promise((resolve) => setTimeout(async () => resolve(await fn()), 1));
`;
const server = `
  import { createServer } from 'node:http';
  import { later } from './queue.js';
  async function load() { await null; return 'loaded'; }
  async function queued() { return 'queued'; }
  createServer(async (request, response) => {
    response.end((await load()) + (await later(queued)));
  }).listen(Number(process.argv[2]), '127.0.0.1');
`;

async function examined(
  files: Record<string, string>,
  ...flags: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = String(await freePort());
  const get = ['--get', `http://127.0.0.1:${port}/`, '--requests', '20', ...flags];
  return ran([throughline, 'doctor', ...get, 'server.js', port], { cwd: folder, env });
}

test('a program whose context arrives everywhere', async () => {
  const { code, stdout } = await examined({ 'server.js': server, 'queue.js': queue });

  expect(stdout).toMatch(/^21 requests\. 4 places of the program ran meanwhile/);
  expect(stdout).toMatch(/21 of 21 {2}server\.js:4 {2}async load\n/);
  expect(stdout).toMatch(/21 of 21 {2}server\.js:6 {2}async function\n/);
  expect(stdout).toContain('The context arrived everywhere.');
  expect(code).toBe(0);
});

test('the place where it is lost is named', async () => {
  const left = `// throughline: off file\n${queue}`;
  const { code, stdout } = await examined({ 'server.js': server, 'queue.js': left });

  expect(stdout).toMatch(/ 0 of 21 {2}server\.js:5 {2}async queued {2}<- lost\n/);
  expect(stdout).toMatch(/21 of 21 {2}server\.js:4 {2}async load\n/);
  expect(stdout).toContain('"include": "all"');
  expect(code).toBe(1);
});

test('a program in which nothing was instrumented', async () => {
  const plain = `// throughline: off file\n${server}`;
  const { code, stdout } = await examined({
    'server.js': plain,
    'queue.js': `// throughline: off file\n${queue}`,
  });

  expect(stdout).toContain('No instrumented module was loaded');
  expect(code).toBe(1);
});

test('without URLs it waits for requests, and tells at Ctrl-C', async () => {
  for (const [name, text] of Object.entries({ 'server.js': server, 'queue.js': queue })) {
    writeFileSync(join(folder, name), text);
  }
  const port = String(await freePort());
  const child = new Child([throughline, 'doctor', 'server.js', port], { cwd: folder, env });
  for (;;) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/`)).text();
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  expect(child.stderr).toContain('Press Ctrl-C for the result.');
  child.signal('SIGINT');
  await child.said(/1 requests\./);
  await child.end();
});

test('a program that ends, and arguments that are wrong', async () => {
  const ends = await examined({ 'server.js': 'process.exit(3);' });
  expect(ends.stdout).toContain('No instrumented module was loaded');

  const wrong = await examined({ 'server.js': server, 'queue.js': queue }, '--requests', 'many');
  expect(wrong.stderr).toContain(
    '--requests needs a whole number above 0, got "many". (TL_ARGUMENT_INVALID)',
  );
});
