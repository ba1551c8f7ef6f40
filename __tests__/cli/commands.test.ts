import { encodeBatch, encodeReport } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Child, ran, root } from '../harness/child';
import { PubsubConnection } from '../harness/pubsub-connection';
import { ask } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';

const throughline = join(root, 'cli', 'dist', 'esm', 'main.js');
const FREE = ['--report-port', '0', '--web-port', '0'];

let children: Child[] = [];
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-commands-'))));
afterEach(async () => {
  await Promise.all(children.map((child) => child.end()));
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

interface Served {
  child: Child;
  url: string;
  report(...reports: Report[]): Promise<void>;
}

async function serve(...flags: string[]): Promise<Served> {
  const args = [throughline, 'serve', '--store', ':memory:', ...FREE, ...flags];
  const child = new Child(args, { cwd: folder });
  children.push(child);
  const [reportAddress] = await child.said(/Receiving reports at (\S+)\n/);
  const [url] = await child.said(/Page at (\S+)\n/);
  return {
    child,
    url: url!,
    async report(...reports) {
      const client = await PubsubConnection.to(reportAddress!);
      for (const one of reports) await client.publish('xtrace', encodeReport(one));
      await until('the reports', async () => {
        const { body } = await ask<{ reports: { kept: number; waiting: number } }>(
          { url: url! },
          '/health',
        );
        return body.reports.kept === reports.length && body.reports.waiting === 0;
      });
      client.destroy();
    },
  };
}

const run = (...args: string[]): ReturnType<typeof ran> =>
  ran([throughline, ...args], { cwd: folder });

const TASK = [
  event(1, 1, [], { label: 'start', processName: 'shop', processId: 12 }),
  event(1, 2, [1], { label: 'load cart', processName: 'shop', processId: 12 }),
  event(1, 3, [1], { label: 'load prices', processName: 'prices', processId: 34 }),
  event(1, 4, [2, 3], { label: 'sum', processName: 'shop', processId: 12 }),
];

describe('serve', () => {
  test('says where reports go and where the page is, on loopback', async () => {
    const { child, url } = await serve();

    expect(child.stdout).toMatch(
      /^Receiving reports at 127\.0\.0\.1:\d+\nPage at http:\/\/127\.0\.0\.1:\d+\n/,
    );
    expect((await ask({ url }, '/health')).status).toBe(200);
    expect((await ask({ url }, '/')).text).toContain('<title>Throughline</title>');
    expect((await ask({ url }, '/tasks/1')).text).toContain('<title>Throughline</title>');
    expect(child.stderr).toBe('');
  });

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('%s ends it with code 0', async (signal) => {
    const { child, url } = await serve();
    await child.said(/Press Ctrl-C to stop\./);
    // A connection that is kept open does not hold it up.
    await ask({ url }, '/health');
    child.signal(signal);

    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
  });

  test('keeps what it has taken in for the next time', async () => {
    const store = join(folder, 'kept.db');
    const first = await serve('--store', store);
    await first.report(...TASK);
    first.child.signal('SIGINT');
    await first.child.exit;
    const second = await serve('--store', store);

    expect((await ask({ url: second.url }, `/api/tasks/${id(1)}`)).body['events']).toHaveLength(4);
  });

  test('settings come from the environment too, and flags go before them', async () => {
    const inEnvironment = join(folder, 'environment.db');
    const given = join(folder, 'flag.db');
    const env = {
      ...{ THROUGHLINE_REPORT_PORT: '0', THROUGHLINE_WEB_PORT: '0' },
      THROUGHLINE_STORE: inEnvironment,
    };
    const one = new Child([throughline, 'serve'], { cwd: folder, env });
    const other = new Child([throughline, 'serve', '--store', given], { cwd: folder, env });
    children.push(one, other);
    await Promise.all([one.said(/Press Ctrl-C/), other.said(/Press Ctrl-C/)]);

    expect([existsSync(inEnvironment), existsSync(given)]).toEqual([true, true]);
  });

  test.each([
    [['--report-port', 'x'], /^throughline: .*port.*0 to 65535.*"x".*\(TL_SETTING_INVALID\)\n$/],
    [
      ['--web-port', '65536'],
      /^throughline: .*port.*0 to 65535.*"65536".*\(TL_SETTING_INVALID\)\n$/,
    ],
    [['--host', ''], /^throughline: .*host.*\(TL_SETTING_INVALID\)\n$/],
    [
      ['--store', '/nowhere/at/all.db'],
      /^throughline: Cannot open the store "\/nowhere\/at\/all\.db": .*\(TL_STORE_UNAVAILABLE\)\n$/,
    ],
  ])('%j is said to be wrong, with code 1', async (flags, message) => {
    const { code, stdout, stderr } = await run('serve', '--store', ':memory:', ...FREE, ...flags);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a port that is taken is said to be so, with code 1', async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    const { code, stderr } = await run(
      ...['serve', '--store', ':memory:', '--report-port', '0', '--web-port', port],
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^throughline: Cannot listen on port ${port}: .*\\(TL_PORT_UNAVAILABLE\\)\\n$`),
    );
  });
});

test('a setting that is wrong does not concern commands that do not use it', async () => {
  const env = { THROUGHLINE_WEB_PORT: 'abc' };
  const { code, stdout } = await ran([throughline, 'list', '--help'], { cwd: folder, env });

  expect(code).toBe(0);
  expect(stdout).toContain('THROUGHLINE_WEB_PORT');
  expect((await ran([throughline, 'list'], { cwd: folder, env })).stderr).toMatch(
    /^throughline: Setting "THROUGHLINE_WEB_PORT" must be a port .*\(TL_SETTING_INVALID\)\n$/,
  );
});

describe('list and show', () => {
  test('list has a line for every task, the newest first', async () => {
    const { url, report } = await serve();
    await report(...TASK, event(2, 9));

    expect(await run('list', '--collector', url)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: [
        'TASK              FIRST EVENT               DURATION  EVENTS  ERRORS  TITLE',
        '0000000000000002  2023-11-14T22:13:20.000Z  0.0 ms    1       0       event 9',
        '0000000000000001  2023-11-14T22:13:20.000Z  0.0 ms    4       0       start',
        '',
      ].join('\n'),
    });
  });

  test('list of no tasks is its head', async () => {
    const { url } = await serve();

    expect((await run('list', '--collector', url)).stdout).toMatch(/^TASK.*\n$/);
    expect((await run('list', '--collector', url, '--json')).stdout).toBe('');
  });

  test('list --json is one object a line', async () => {
    const { url, report } = await serve();
    await report(...TASK, event(2, 9));
    const { code, stdout } = await run('list', '--collector', url, '--json');

    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { taskId: id(2), title: 'event 9' },
      { taskId: id(1), processes: ['shop', 'prices'] },
    ]);
  });

  test('list says how to get the tasks it left out, and that works', async () => {
    const { url, report } = await serve();
    await report(...Array.from({ length: 1001 }, (_, i) => event(i + 1, i + 1)));
    const { stdout } = await run('list', '--collector', url);
    const [, flags] = /981 more\. To list all tasks: (.*)\n$/.exec(stdout)!;
    const all = await run('list', '--collector', url, ...flags!.split(' '));

    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout.match(/^[0-9a-f]{16} /gm)).toHaveLength(1001);
  });

  test('list shows a task whose clock is far off', async () => {
    const { url, report } = await serve();
    await report(event(1, 1), event(2, 2, [], { timestamp: 9_000_000_000_000_000_000 }));
    const { code, stdout } = await run('list', '--collector', url);

    expect(code).toBe(0);
    expect(stdout).toContain('event 1');
    expect(stdout).toContain('event 2');
  });

  test('nothing in a title moves the cursor or makes a line', async () => {
    const { url, report } = await serve();
    await report(event(1, 1, [], { label: 'a\x1b[2J\nb\x9bc\rd' }));
    const { stdout } = await run('list', '--collector', url);

    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/u);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('show prints text records, causes first', async () => {
    const { url, report } = await serve();
    await report(...[...TASK].reverse());
    const { code, stdout, stderr } = await run('show', id(1), '--collector', url);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe((await ask({ url }, `/api/tasks/${id(1)}/text`)).text);
    expect(stdout.match(/^label: .*$/gm)).toEqual([
      ...['label: "start"', 'label: "load cart"', 'label: "load prices"', 'label: "sum"'],
    ]);
  });

  test('show --latest is the newest task', async () => {
    const { url, report } = await serve();
    expect(await run('show', '--latest', '--collector', url)).toMatchObject({
      code: 1,
      stderr: 'throughline: There are no tasks yet. (TL_TASK_UNKNOWN)\n',
    });
    await report(...TASK, event(2, 9));

    const { stdout } = await run('show', '--latest', '--collector', url);
    expect(stdout.match(/^label: .*$/gm)).toEqual(['label: "event 9"']);
  });

  test('show --graph draws', async () => {
    const { url, report } = await serve();
    await report(...TASK);

    expect(await run('show', id(1), '--graph', '--collector', url)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: [
        '●    start        shop (12)',
        '├─╮',
        '● │  load cart    shop (12)',
        '│ ●  load prices  prices (34)',
        '├─╯',
        '●    sum          shop (12)',
        '',
      ].join('\n'),
    });
  });

  test('show --json is one event a line', async () => {
    const { url, report } = await serve();
    await report(...TASK);
    const { stdout } = await run('show', '1', '--json', '--collector', url);

    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(TASK);
  });

  test('a negative task id can be shown', async () => {
    const { url, report } = await serve();
    await report({ ...event(1, 1), taskId: 'f'.repeat(16) });

    expect(await run('show', '--collector', url, '--', '-1')).toMatchObject({ code: 0 });
  });

  test.each([
    ['9', /^throughline: No events of task "9" have arrived\. \(TL_TASK_UNKNOWN\)\n$/],
    ['nonsense', /^throughline: A task id must be .*"nonsense"\. \(TL_TASK_ID_INVALID\)\n$/],
    ['../health', /^throughline: A task id must be .*"\.\.\/health"\. \(TL_TASK_ID_INVALID\)\n$/],
  ])('show %s passes the server’s own sentence on, with code 1', async (task, message) => {
    const { url } = await serve();
    const { code, stdout, stderr } = await run('show', task, '--collector', url);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('list --limit that is no number is refused with code 1', async () => {
    const { url } = await serve();
    const { code, stderr } = await run('list', '--limit', 'many', '--collector', url);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^throughline: --limit must be a whole number.*"many".*\n$/);
  });

  test.each([['list'], ['show', '1']])(
    '%s without a collector says so, with code 1',
    async (...command) => {
      const { child, url } = await serve();
      child.signal('SIGINT');
      await child.exit;
      const { code, stdout, stderr } = await run(...command, '--collector', url);

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        new RegExp(
          `^throughline: Cannot reach a collector at ${url}: .*\\(TL_COLLECTOR_UNREACHABLE\\)\\n$`,
        ),
      );
    },
  );

  test('an address that is none is said to be wrong', async () => {
    const { code, stderr } = await run('list', '--collector', 'nonsense');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^throughline: .*nonsense.*\n$/);
  });

  test.each([
    [200, '<!doctype html><p>hello'],
    [500, 'Internal Server Error'],
  ])(
    'a server of something else, answering %i, is said to be no collector',
    async (status, text) => {
      const server = createServer((_, response) => response.writeHead(status).end(text));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, stdout, stderr } = await run('list', '--collector', url);
      server.closeAllConnections();
      server.close();

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(url);
      expect(stderr).not.toMatch(/JSON|SyntaxError/);
    },
  );
});

describe('tail, export and import', () => {
  test('list --where and --sort find tasks', async () => {
    const { url, report } = await serve();
    await report(...TASK, event(2, 9, [], { label: 'GET /carts' }));
    const list = async (...flags: string[]) =>
      (await run('list', '--collector', url, ...flags)).stdout.trimEnd().split('\n').slice(1);

    expect(await list('--where', 'route=/carts')).toEqual([expect.stringMatching(/GET \/carts$/)]);
    expect(await list('--sort', 'events')).toMatchObject([
      expect.stringMatching(/start$/) as string,
      expect.stringMatching(/carts$/) as string,
    ]);
    const { code, stderr } = await run('list', '--collector', url, '--where', 'colour=red');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^throughline: Tasks have no field "colour"\..*\(TL_QUERY_INVALID\)\n$/);
  });

  test('tail prints tasks that come, those that match', async () => {
    const { url, report } = await serve();
    await report(...TASK);
    const tail = new Child([throughline, 'tail', '--collector', url, '--where', 'carts'], {
      cwd: folder,
    });
    children.push(tail);
    // It has asked for what is there when it listens.
    await until('it to listen', async () => {
      const { text } = await ask({ url }, '/metrics');
      return /throughline_listeners (\d+)/.exec(text)?.[1] === '1';
    });
    const client = await fetch(`${url}/api/reports`, {
      method: 'POST',
      body: encodeBatch([
        event(2, 9, [], { label: 'GET /carts', fields: [['error.type', 'E']] }),
        event(3, 9, [], { label: 'other' }),
      ]) as Uint8Array<ArrayBuffer>,
    });
    expect(client.ok).toBe(true);
    await tail.said(/\n/);

    expect(tail.stdout).toMatch(
      /^\S+Z {2}0{15}2 {2} +0\.0 ms {2} +1 events {2}GET \/carts {2}1 error\n$/,
    );
  });

  test('what export writes, import sends to another collector', async () => {
    const [from, to] = [await serve(), await serve()];
    await from.report(...TASK);
    const file = join(folder, 'task.jsonl');
    const written = await run('export', '1', '--collector', from.url, '--out', file);
    expect(written).toEqual({ code: 0, stdout: `Wrote ${file}.\n`, stderr: '' });
    const { stdout } = await run('export', '1', '--as', 'otlp', '--collector', from.url);
    const spans = join(folder, 'spans.json');
    writeFileSync(spans, stdout);

    expect(await run('import', file, spans, '--collector', to.url)).toEqual({
      code: 0,
      stdout: `Sent 4 events of ${file}.\nSent 8 events of ${spans}.\n`,
      stderr: '',
    });
    const { body } = await ask<{ events: TraceEvent[] }>({ url: to.url }, `/api/tasks/${id(1)}`);
    expect(body.events).toEqual(
      expect.arrayContaining(TASK.map((one) => expect.objectContaining({ label: one.label }))),
    );
    expect(body.events.length).toBeGreaterThan(TASK.length);
  });

  test.each([
    [
      'export',
      ['export', '1', '--as', 'pdf'],
      /argument 'pdf' is invalid\. Allowed choices are jsonl, /,
    ],
    ['export without a task', ['export'], /name a task, or use --latest/],
    ['import of nothing', ['import', 'nothing.jsonl'], /TL_EVENTS_UNREADABLE/],
  ])('%s that cannot be done says so', async (_, args, message) => {
    const { code, stderr } = await run(...args);

    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test('a file that cannot be written is named', async () => {
    const { url, report } = await serve();
    await report(...TASK);
    for (const flags of [
      ['export', '1', '--out'],
      ['show', '1', '--html'],
    ]) {
      const { code, stderr } = await run(...flags, join(folder, 'no', 'file'), '--collector', url);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^throughline: Cannot write ".*": ENOENT.*\(TL_FILE_UNWRITABLE\)\n$/);
    }
  });
});

describe('the command line', () => {
  test('--help lists the commands, with code 0', async () => {
    const { code, stdout } = await run('--help');

    expect(code).toBe(0);
    for (const command of ['serve', 'list', 'show', 'open'])
      expect(stdout).toMatch(new RegExp(`^  ${command}`, 'm'));
  });

  test.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [['serve', '--nonsense'], /unknown option '--nonsense'/],
    [['show'], /name a task, or use --latest/],
    [['list', 'too', 'many'], /too many arguments/],
  ])('%j is said to be wrong, with code 1', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
