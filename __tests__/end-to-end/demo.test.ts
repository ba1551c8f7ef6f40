import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Child, root } from '../harness/child';
import { until } from '../harness/until';

const PORTS = [5563, 4080, 1234, 5678];
const NOT_COPIED = new Set([
  'node_modules',
  'dist',
  '.git',
  '.cache',
  '__tests__',
  'bench',
  'docs',
]);
const TIME = 120_000;

// The demo builds everything first, and other tests are using what is built: it gets a copy.
let folder: string;
let copy: string;
let temporary: string;
let children: Child[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-demo-test-'));
  copy = join(folder, 'repository');
  temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => path === root || !NOT_COPIED.has(basename(path)),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}, TIME);
afterEach(async () => {
  await Promise.all(children.map((child) => child.end()));
  children = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function demo(...flags: string[]): Child {
  const child = new Child([join(copy, 'scripts', 'demo.mjs'), ...flags], {
    ...{ cwd: copy, env: { TMPDIR: temporary } },
  });
  children.push(child);
  return child;
}

/** Command lines of the processes that run something of the copy. */
function running(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((command) => command.includes(copy));
}
/** A service that was told to end may take a moment over it. */
async function nothingIsLeft(): Promise<void> {
  await until('the processes to end', () => running().length === 0, 2000);
  expect(leftBehind()).toEqual([]);
}
const leftBehind = (): string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('throughline'));

function expectTheRun(stdout: string): void {
  expect(stdout).toMatch(/^Got value 30$/m);
  const field = (name: string): string[] =>
    [...stdout.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map((match) => match[1]!);
  expect(new Set(field('task_id')).size).toBe(1);
  expect(field('event_id')).toHaveLength(5);
  expect(field('parent_event_id')).toEqual(['0', ...field('event_id').slice(0, 4)]);
  expect(new Set(field('process_id')).size).toBe(3);
  expect(field('label').map((label) => label.replace(/:\d{4,5}"$/, ':PORT"'))).toEqual([
    '"passing --in (3) to :PORT"',
    '"applying operation +7 to argument 3: 10"',
    '"passing to :PORT"',
    '"applying operation *3 to argument 10: 30"',
    '"returning value 30"',
  ]);
  expect(stdout.match(/^● {2}.*math-chain\.cjs .*\(\d+\)$/gm)).toHaveLength(5);
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tasks\/[0-9a-f]{32}$/m);
}

test(
  'demo --once prints the answer, the records, the graph and the address, and is gone',
  async () => {
    const child = demo('--once');
    const { code } = await child.exit;

    expect(child.stderr).toBe('');
    expect(code).toBe(0);
    expectTheRun(child.stdout);
    expect(running()).toEqual([]);
    expect(leftBehind()).toEqual([]);
  },
  TIME,
);

test(
  'demo finds other ports when its own are taken, shows its page until it is interrupted, and is gone',
  async () => {
    const servers = await Promise.all(PORTS.map(occupy));
    try {
      const child = demo();
      await child.said(/Press Ctrl-C to stop/, TIME);
      expectTheRun(child.stdout);
      const commands = child.stdout.split('\n').filter((line) => line.startsWith('$ node'));
      for (const port of PORTS) expect(commands.join('\n')).not.toMatch(new RegExp(`:${port}\\b`));
      const [address] = await child.said(/^(http:\/\/127\.0\.0\.1:\d+\/tasks\/\w+)$/m);
      expect(await (await fetch(address!)).text()).toContain('<title>Throughline</title>');
      child.signal('SIGINT');

      expect(await child.exit).toEqual({ code: 0, signal: null });
      await nothingIsLeft();
    } finally {
      for (const server of servers) server?.close();
    }
  },
  TIME,
);

/** Takes a port, unless somebody else has it: then it is taken as well. */
function occupy(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
