import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { root } from '../harness/child';
import { event, id } from '../harness/trace-events';

const at = (
  task: number,
  ms: number,
  n: number,
  parents: number[],
  label: string,
  fields: [string, string][] = [],
): TraceEvent =>
  event(task, n, parents, {
    label,
    timestamp: 1e15 + task * 1e9 + ms * 1000,
    processName: 'shop',
    fields,
  });
const begin = (n: number): [string, string][] => [
  ['operation', id(n)],
  ['phase', 'begin'],
  ['kind', 'client'],
];
const end = (n: number): [string, string][] => [
  ['operation', id(n)],
  ['phase', 'end'],
];
const request = (task: number, took: number, more: TraceEvent[] = []): TraceEvent[] => [
  at(task, 0, 1, [], `GET /carts/${task}`, begin(1)),
  at(task, 1, 2, [1], 'SELECT carts', begin(2)),
  at(task, 1 + took, 3, [2], 'SELECT carts ended', end(2)),
  ...more,
  at(task, 2 + took, 9, [3], 'GET /carts/:id 200', end(1)),
];

let folder: string;
let client: Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-mcp-'));
  const slower = [
    at(2, 3, 4, [1], 'GET /stock', begin(4)),
    at(2, 8, 5, [4], 'GET /stock 500', [...end(4), ['error.type', '500']]),
  ];
  const events = [...request(1, 10), ...request(2, 60, slower)];
  writeFileSync(
    join(folder, 'events.jsonl'),
    events.map((one) => `${JSON.stringify(one)}\n`).join(''),
  );
  client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [join(root, 'cli/bin/throughline.js'), 'mcp', '--file', folder],
    }),
  );
});
afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(name: string, given: object = {}): Promise<{ text: string; isError: boolean }> {
  const answer = await client.callTool({ name, arguments: given as Record<string, unknown> });
  const [{ text }] = answer.content as [{ text: string }];
  return { text, isError: answer.isError === true };
}

test('says what can be asked', async () => {
  const { tools } = await client.listTools();

  expect(tools.map(({ name }) => name)).toEqual([
    'list_tasks',
    'why',
    'list_events',
    'event',
    'shapes',
    'compare',
  ]);
  for (const { description, annotations } of tools) {
    expect(description!.length).toBeGreaterThan(20);
    expect(annotations?.readOnlyHint).toBe(true);
  }
});

test('tells what unusual tasks do otherwise', async () => {
  const { text } = await ask('shapes');

  expect(text.split('\n').map((line) => line.replace(/, such as .*/, ''))).toEqual([
    'The newest 2 of 2 tasks:',
    'GET /carts/:id: 1 task, 0 failed, median 12.0 ms',
    '  unusual: 1 task, 1 failed, median 62.0 ms',
    '    + GET /stock',
    '    + failed: GET /stock #',
  ]);
  expect((await ask('shapes', { where: 'process=none' })).text).toBe('There are no such tasks.');
});

test('lists tasks', async () => {
  expect((await ask('list_tasks')).text).toBe(
    [
      `${id(2)}  62.0 ms  6 events  1 errors  GET /carts/:id 200`,
      `${id(1)}  12.0 ms  4 events  0 errors  GET /carts/:id 200`,
    ].join('\n'),
  );
  expect((await ask('list_tasks', { limit: 1 })).text).toMatch(new RegExp(`^${id(2)} [^\n]*$`));
  expect((await ask('list_tasks', { where: 'POST' })).text).toBe('There are no such tasks.');
});

test('explains a task, by its id or the newest', async () => {
  const { text } = await ask('why', { task: 'latest' });

  expect(text).toBe((await ask('why', { task: id(2) })).text);
  expect(text).toMatch(/^GET \/carts\/:id 200: 62\.0 ms\n/);
  expect(text).toMatch(/\+1\.0 ms {2}60\.0 ms {2}97 % {2}SELECT carts +waiting for this operation/);
  expect(text).toMatch(/\nErrors:\n {2}GET \/stock 500 \(shop\)\n$/);
});

test('lists events in parts, and shows one with its causes', async () => {
  const { text } = await ask('list_events', { task: id(1), limit: 2 });
  expect(text).toBe(
    `${id(1)}  +0.0 ms  GET /carts/1  shop\n${id(2)}  +1.0 ms  SELECT carts  shop\n2 more: skip 2`,
  );
  expect((await ask('list_events', { task: id(1), skip: 2, text: 'ended' })).text).toBe('');

  const { text: one } = await ask('event', { task: id(1), event: id(3) });
  expect(one).toMatch(/\nlabel: "SELECT carts ended"\n/);
  expect(one.split('\n').slice(-3)).toEqual([
    'Came after, the latest first:',
    `${id(2)}  +1.0 ms  SELECT carts  shop`,
    `${id(1)}  +0.0 ms  GET /carts/1  shop`,
  ]);
});

test('compares two tasks', async () => {
  expect((await ask('compare', { before: id(1), after: id(2) })).text).toBe(
    `GET /carts/:id 200: 62.0 ms, +50.0 ms
before: ${id(1)}, 12.0 ms, GET /carts/:id 200
after:  ${id(2)}, 62.0 ms, GET /carts/:id 200

Only after:
  +5.0 ms  –  1 × 5.0 ms  GET /stock

In both:
  +50.0 ms  1 × 12.0 ms  1 × 62.0 ms  GET /carts/#  decided when it ended
  +50.0 ms  1 × 10.0 ms  1 × 60.0 ms  SELECT carts  decided when it ended
`,
  );
});

test('an error is an answer that says what to do', async () => {
  expect(await ask('why', { task: id(7) })).toEqual({
    text: expect.stringMatching(/^No events of task "0+7".*\(TL_TASK_UNKNOWN\)$/) as string,
    isError: true,
  });
  expect((await ask('event', { task: id(1), event: 'x' })).text).toMatch(/TL_ARGUMENT_INVALID/);
  expect((await ask('why', {})).isError).toBe(true);
});
