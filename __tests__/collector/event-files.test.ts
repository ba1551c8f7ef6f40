import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readEventFiles } from '../../collector/src/files/event-files';
import { Child, ran, root } from '../harness/child';
import { ask } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';

const throughline = join(root, 'cli', 'dist', 'esm', 'main.js');
const SHOP = [
  event(1, 1, [], { label: 'buys', processName: 'shop.test.js', source: 'shop.test.js:3' }),
  event(1, 2, [1], { label: 'load cart', fields: [['items', '2']], tags: ['slow'] }),
  event(1, 3, [1], { label: 'load user', host: 'here', processId: 7, threadId: 0 }),
  event(1, 4, [2, 3], { label: 'passed', threadName: 'main', agent: 'xtrace' }),
];
const OTHER = [event(2, 5, [], { label: 'a line\u2028in a label' })];

let folder: string;
let children: Child[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-event-files-'))));
afterEach(async () => {
  await Promise.all(children.map((child) => child.end()));
  children = [];
  rmSync(folder, { recursive: true, force: true });
});
const lines = (events: readonly object[]): string =>
  events.map((one) => `${JSON.stringify(one)}\n`).join('');
const records = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const run = (...args: string[]): ReturnType<typeof ran> =>
  ran([throughline, ...args], { cwd: folder });

describe('reading', () => {
  test('gives back what was written, of every file of a folder', () => {
    write('shop.test.js.jsonl', lines(SHOP));
    write('deeper/other.test.js.jsonl', lines(OTHER));
    write('notes.txt', 'none of ours');

    expect(readEventFiles(folder)).toEqual({ events: [...OTHER, ...SHOP], problems: [] });
  });

  test('a file may have any name, empty lines, and ends of lines of Windows', () => {
    const file = write('events', lines(SHOP).replaceAll('\n', '\r\n\r\n'));
    expect(readEventFiles(file)).toEqual({ events: SHOP, problems: [] });
  });

  test('a task may have an id of 64 or of 128 bits', () => {
    const wide = { ...SHOP[0]!, taskId: `${'f'.repeat(16)}${id(1)}` };
    const file = write('events', lines([wide, SHOP[0]!]));
    expect(readEventFiles(file).events).toEqual([wide, SHOP[0]]);
  });

  test('what is not known of an event is passed over', () => {
    const file = write('events', lines([{ ...SHOP[0]!, colour: 'red' }]));
    expect(readEventFiles(file)).toEqual({ events: [SHOP[0]], problems: [] });
  });

  test.each([
    ['no JSON', '{"taskId":', /is not a valid event: .*JSON/],
    ['a list', '[]', /an event must be an object, got \[\]/],
    ['nothing', 'null', /an event must be an object, got null/],
    ['no id', { eventId: undefined }, /"eventId" must be 16 hex digits, got nothing/],
    ['a decimal', { taskId: '12' }, /"taskId" must be 16 or 32 hex digits, got "12"/],
    ['no label', { label: 5 }, /"label" must be a string, got 5/],
    ['no time', { timestamp: '1' }, /"timestamp" must be a number of microseconds, got "1"/],
    ['no parents', { parentEventIds: 'x' }, /"parentEventIds" must be an array of ids.*got "x"/],
    ['a parent of 0', { parentEventIds: ['0'] }, /"parentEventIds" must be .*got \["0"\]/],
    [
      'no pairs',
      { fields: [['a']] },
      /"fields" must be an array of \[string, string\] pairs, got \[\["a"\]\]/,
    ],
    ['no tags', { tags: [1] }, /"tags" must be an array of strings, got \[1\]/],
    ['much', { host: Array(99).fill('x') }, /"host" must be a string, got .{80}…/],
  ])('a line that is no event is said, and loses no other: %s', (_what, wrong, message) => {
    const line = typeof wrong === 'string' ? `${wrong}\n` : lines([{ ...SHOP[0]!, ...wrong }]);
    const file = write('a.jsonl', lines(SHOP.slice(0, 2)) + line + lines(SHOP.slice(2)));
    const { events, problems } = readEventFiles(file);

    expect(events).toEqual(SHOP);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'TL_EVENT_INVALID' });
    expect(problems[0]!.message.startsWith(`${file}:3 is not a valid event: `)).toBe(true);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.message).toMatch(/Line skipped\. .*\(TL_EVENT_INVALID\)$/);
  });
});

describe('list and show --file', () => {
  test('list the tasks of a folder', async () => {
    write('shop.test.js.jsonl', lines(SHOP));
    write('other.test.js.jsonl', lines(OTHER));
    const listed = [
      'TASK              FIRST EVENT               DURATION  EVENTS  ERRORS  TITLE',
      '0000000000000002  2023-11-14T22:13:20.000Z  0.0 ms    1       0       a line in a label',
      '0000000000000001  2023-11-14T22:13:20.000Z  0.0 ms    4       0       buys',
      '',
    ].join('\n');

    expect(await run('list', '--file', folder)).toEqual({ code: 0, stderr: '', stdout: listed });
    // Whoever names no task sees which there are.
    expect(await run('show', '--file', folder)).toEqual({ code: 0, stderr: '', stdout: listed });
    expect((await run('show', '--json', '--file', folder)).stdout.split('\n')[0]).toBe(
      '{"taskId":"0000000000000002","title":"a line\u2028in a label","events":1,"errors":0,"processes":[""],"tags":[],"firstEvent":1700000000000005,"lastEvent":1700000000000005,"duration":0}',
    );
  });

  test('show one of them, as of a collector', async () => {
    const file = write('shop.test.js.jsonl', lines(SHOP));
    write('other.test.js.jsonl', lines(OTHER));
    const graph = [
      ...['●    buys       shop.test.js', '├─╮', '● │  load cart', '│ ●  load user   (7)', '├─╯'],
      ...['●    passed', ''],
    ].join('\n');

    expect(await run('show', '1', '--graph', '--file', folder)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: graph,
    });
    // The only task of a file needs no name.
    expect((await run('show', '--graph', '--file', file)).stdout).toBe(graph);
    expect(records((await run('show', '--json', '--file', file)).stdout)).toEqual(SHOP);
    expect((await run('show', id(1), '--file', file)).stdout).toContain('label: "load cart"');
  });

  test('a bad line is said on the side, and the rest is shown, with code 1', async () => {
    const file = write('a.jsonl', `nonsense\n${lines(SHOP)}{}\n`);
    const { code, stdout, stderr } = await run('show', '1', '--json', '--file', file);

    expect({ code, events: records(stdout) }).toEqual({ code: 1, events: SHOP });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^throughline: .*a\.jsonl:1 is not a valid event: .*\(TL_EVENT_INVALID\)$/,
      ),
      expect.stringMatching(
        /^throughline: .*a\.jsonl:6 is not a valid event: .*\(TL_EVENT_INVALID\)$/,
      ),
    ]);
  });

  test.each([
    [['show', '9', '--file', '.'], /No events of task "9" in "\.".*\(TL_TASK_UNKNOWN\)/],
    [['show', 'x', '--file', '.'], /A task id must be .*"x"\. \(TL_TASK_ID_INVALID\)/],
    [['show', '--file', 'nowhere'], /"nowhere": .*no such file.*\(TL_EVENTS_UNREADABLE\)/],
    [
      ['list', '--file', 'empty'],
      /"empty": it contains no \.jsonl files.*\(TL_EVENTS_UNREADABLE\)/,
    ],
    [['open', 'nowhere'], /"nowhere": .*no such file.*\(TL_EVENTS_UNREADABLE\)/],
  ])('%j is said to be wrong, with code 1', async (args, message) => {
    write('a.jsonl', lines(SHOP));
    mkdirSync(join(folder, 'empty'));
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^throughline: .*\n$/);
  });
});

describe('open', () => {
  async function open(...args: string[]): Promise<{ child: Child; url: URL }> {
    const child = new Child([throughline, 'open', ...args], { cwd: folder });
    children.push(child);
    const [page] = await child.said(/Page at (\S+)\n/);
    return { child, url: new URL(page!) };
  }

  test('has a page of its own for a folder, and keeps nothing', async () => {
    write('shop.test.js.jsonl', lines(SHOP));
    write('other.test.js.jsonl', lines(OTHER));
    const { child, url } = await open(folder);
    const from = { url: url.origin };

    expect(url.hostname).toBe('127.0.0.1');
    expect(url.pathname).toBe('/');
    expect((await ask(from, '/')).text).toContain('<title>Throughline</title>');
    expect((await ask(from, '/api/tasks')).body).toMatchObject({ total: 2 });
    expect((await ask(from, `/api/tasks/${id(1)}`)).body).toEqual({ taskId: id(1), events: SHOP });
    expect((await ask(from, '/health')).body).toMatchObject({ reports: { received: 5, kept: 5 } });
    child.signal('SIGINT');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
    const { problems } = readEventFiles(folder);
    expect(problems).toEqual([]);
  });

  test('names the address of the task that is asked for, or that is the only one', async () => {
    const file = write('shop.test.js.jsonl', lines(SHOP));
    write('other.test.js.jsonl', lines(OTHER));

    expect((await open(file)).url.pathname).toBe(`/tasks/${id(1)}`);
    expect((await open(folder, id(2))).url.pathname).toBe(`/tasks/${id(2)}`);
  });

  test('shows what it can read of a file with bad lines', async () => {
    const file = write('a.jsonl', `nonsense\n${lines(SHOP)}`);
    const { child, url } = await open(file);

    expect((await ask({ url: url.origin }, '/api/tasks')).body).toMatchObject({ total: 1 });
    expect(child.stderr).toMatch(/a\.jsonl:1 is not a valid event: .*\(TL_EVENT_INVALID\)\n$/);
  });

  test('a port that is wrong is said to be so', async () => {
    const file = write('a.jsonl', lines(SHOP));
    const { code, stderr } = await run('open', file, '--web-port', 'x');

    expect(code).toBe(1);
    expect(stderr).toMatch(/"webPort" must be a port.*"x"\. \(TL_SETTING_INVALID\)/);
  });
});
