import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Child, ran, root } from '../harness/child';
import { freePort } from '../harness/collector';
import { OtlpReceiver } from '../harness/otlp-receiver';
import { until } from '../harness/until';
import { nodeOf } from '../toolchains/project';

const throughline = join(root, 'cli', 'bin', 'throughline.js');

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-run-')));
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "type": "module" }');
  env = {
    THROUGHLINE_WEB_PORT: String(await freePort()),
    THROUGHLINE_REPORT_PORT: String(await freePort()),
    THROUGHLINE_STORE: join(folder, 'events.db'),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Programs that run beside a test. */
const children: Child[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.end()));
  // The collector that the command has started goes on after it.
  await ran([throughline, 'stop'], { env });
});

const run = (...args: string[]): ReturnType<typeof ran> =>
  ran([throughline, 'run', ...args], { cwd: folder, env });
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const page = (): string => `http://127.0.0.1:${env['THROUGHLINE_WEB_PORT']}`;

/** The titles of the tasks that the collector has, the newest first. */
async function titles(): Promise<string[]> {
  const answer = (await (await fetch(`${page()}/api/tasks`)).json()) as {
    tasks: { title: string }[];
  };
  return answer.tasks.map(({ title }) => title);
}

/** Returns the labels of all events. */
async function labels(): Promise<string[]> {
  const events: { label: string }[] = [];
  const { tasks } = (await (await fetch(`${page()}/api/tasks`)).json()) as {
    tasks: { taskId: string }[];
  };
  for (const { taskId } of tasks) {
    const answer = await fetch(`${page()}/api/tasks/${taskId}`);
    events.push(...((await answer.json()) as { events: typeof events }).events);
  }
  return events.map(({ label }) => label);
}

/** A server that answers one request of its own, in a program that has installed nothing. */
const server = `
  import { createServer } from 'node:http';
  const load = async (name: string): Promise<string> => name;
  const server = createServer(async (request, response) => {
    response.end(await load('loaded'));
  }).listen(0, '127.0.0.1', async () => {
    const { port } = server.address() as { port: number };
    console.log(await (await fetch('http://127.0.0.1:' + port + '/carts/1')).text());
    server.close();
    server.closeAllConnections();
  });
`;

test('a program that has installed nothing is traced, and the collector stays', async () => {
  write('server.ts', server);
  const first = await run('server.ts');

  expect(first.stdout).toBe('loaded\n');
  expect(first.stderr).toBe(
    `throughline: tasks at ${page()} (a collector was started; "throughline stop" ends it)\n`,
  );
  expect(first.code).toBe(0);
  await until('one task', async () => (await titles()).length === 1);
  const [task] = await titles();
  expect(task).toMatch(/^GET 127\.0\.0\.1:\d+\/carts\/1 200$/);

  const second = await run('server.ts');
  expect(second.stderr).toBe(`throughline: tasks at ${page()}\n`);
  await until('two tasks', async () => (await titles()).length === 2);
});

test('arguments, streams and the exit code are the program’s', async () => {
  write(
    'program.js',
    `console.log(JSON.stringify([process.argv.slice(1).map((a) => a.split('/').pop()), process.execArgv]));
     console.error('error');
     process.stdin.on('data', () => {}).on('end', () => (process.exitCode = 3));`,
  );
  const { stdout, stderr, code } = await run('program.js', 'a', '--b=c', '-h');

  expect(JSON.parse(stdout)).toEqual([['program.js', 'a', '--b=c', '-h'], []]);
  expect(stderr).toContain('error\n');
  expect(code).toBe(3);
});

test('a command is run as it is, and every process of Node that it starts is traced', async () => {
  write('server.ts', server);
  write(
    'package.json',
    '{ "name": "app", "type": "module", "scripts": { "start": "node server.ts" } }',
  );
  write(
    'start.js',
    `import { execSync } from 'node:child_process'; execSync('node server.mjs', { stdio: 'inherit' });`,
  );
  write('server.mjs', server.replace(/: string|: Promise<string>| as \{ port: number \}/g, ''));
  const { stdout, code } = await run('--', 'node', 'start.js');

  expect(stdout).toBe('loaded\n');
  expect(code).toBe(0);
  await until('one task', async () => (await titles()).length === 1);
});

test('a signal ends the program, which may clean up', async () => {
  write(
    'program.js',
    `process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(7); });
     setInterval(() => {}, 1000);
     console.log('ready');`,
  );
  const child = new Child([throughline, 'run', 'program.js'], { cwd: folder, env });
  children.push(child);
  await until('the program', () => child.stdout.includes('ready'));
  child.signal('SIGTERM');
  const { code } = await child.exit;

  expect(child.stdout).toBe('ready\ncleaned up\n');
  expect(code).toBe(7);
});

test('a program that throws ends as it does without us', async () => {
  write('program.js', `\nawait null;\nthrow new Error('gone');`);
  const { code, stderr } = await run('program.js');

  expect(code).toBe(1);
  expect(stderr).toContain("program.js:3\nthrow new Error('gone');");
  await until('the event', async () => (await titles()).includes('unhandled rejection'));
});

test('without a collector the program runs, and one line says why', async () => {
  write('program.js', `console.log('ran')`);
  const other = new Child(
    [
      '-e',
      `require('http').createServer((q, s) => s.end('other')).listen(${env['THROUGHLINE_WEB_PORT']}, '127.0.0.1', () => console.log('ready'))`,
    ],
    {},
  );
  children.push(other);
  await until('the server', () => other.stdout.includes('ready'));
  const { stdout, stderr, code } = await run('program.js');

  expect(stdout).toBe('ran\n');
  expect(code).toBe(0);
  expect(stderr).toBe(
    `throughline: The server at ${page()} is not a collector of this version. Set THROUGHLINE_WEB_PORT to a port that is free. The program runs without it. (TL_RUN_FAILED)\n`,
  );
});

test.each([
  ['a script without its ending', ['program']],
  ['a file that has none', ['cli']],
  ['a folder', ['.']],
  ['options of Node before the script', ['--no-warnings', 'program.js']],
  ['options of Node after --', ['--', 'node', '--no-warnings', 'program.js']],
])('%s', async (_, words) => {
  write('package.json', '{ "type": "module", "main": "program.js" }');
  write('program.js', `console.log('ran', process.argv.length)`);
  write('cli', `console.log('ran', process.argv.length)`);

  expect((await run(...words)).stdout).toBe('ran 2\n');
});

test('a signal that a terminal would send to all ends a program without a terminal', async () => {
  write('program.js', `setInterval(() => {}, 1000); console.log('ready');`);
  const child = new Child([throughline, 'run', 'program.js'], { cwd: folder, env });
  children.push(child);
  await until('the program', () => child.stdout.includes('ready'));
  child.signal('SIGINT');

  expect(await child.exit).toEqual({ code: null, signal: 'SIGINT' });
});

test('a folder that is named as a command is not run in its place', async () => {
  mkdirSync(join(folder, 'node'));
  write('program.js', `console.log('ran')`);

  expect((await run('node', 'program.js')).stdout).toBe('ran\n');
});

test('a program that was forked talks to its parent', async () => {
  write(
    'program.js',
    `process.on('message', (n) => { process.send(n + 1); process.disconnect(); });`,
  );
  write(
    'parent.js',
    `
    import { fork } from 'node:child_process';
    const child = fork(process.argv[2], ['run', 'program.js']);
    child.on('message', (n) => console.log('answer', n));
    child.send(1);
  `,
  );
  const { stdout } = await ran(['parent.js', throughline], { cwd: folder, env });

  expect(stdout).toBe('answer 2\n');
});

test('a folder that has installed nothing stays as it is', async () => {
  write('program.js', `const load = async () => 1; await load();`);
  env = { ...env, HOME: join(folder, 'home') };
  await run('program.js');

  expect(
    readdirSync(folder)
      .filter((name) => !name.startsWith('events.db'))
      .sort(),
  ).toEqual([...['home', 'package.json', 'program.js']]);
});

test('a command that does not exist', async () => {
  const { stderr, code } = await run('no-such-command');

  expect(code).toBe(1);
  expect(stderr).toContain(
    'Cannot run no-such-command: spawn no-such-command ENOENT. (TL_ARGUMENT_INVALID)',
  );
});

test('options that are wrong are said, and the program runs', async () => {
  write('package.json', '{ "type": "module", "throughline": { "include": 3 } }');
  write('program.js', `console.log('ran')`);
  const { stdout, stderr } = await run('program.js');

  expect(stdout).toBe('ran\n');
  expect(stderr).toContain('Option "include" must be an array');
  expect(stderr).toContain('The program runs without it. (TL_RUN_FAILED)');
});

test.each([
  [
    '--sample',
    '2',
    '--sample must be a number above 0 and at most 1, got "2". (TL_ARGUMENT_INVALID)',
  ],
  [
    '--functions',
    'long',
    '--functions must be a time, such as 1ms or 0.5s, got "long". (TL_ARGUMENT_INVALID)',
  ],
  [
    '--files',
    '10x',
    '--files must be a time, such as 1ms or 0.5s, got "10x". (TL_ARGUMENT_INVALID)',
  ],
])('%s %s is refused', async (option, value, message) => {
  write('program.js', 'console.log("not run")');
  const { code, stdout, stderr } = await run(option, value, 'program.js');

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
});

test('functions and calls that take long are logged also in production, and the page is opened', async () => {
  write(
    'program.js',
    `import { readFile } from 'node:fs/promises';
    const load = async () => { await new Promise((r) => setTimeout(r, 20)); await readFile('program.js'); };
    await load();`,
  );
  write(
    'browser.cjs',
    `#!${process.execPath}
    require('node:fs').writeFileSync('opened', process.argv[2]);`,
  );
  chmodSync(join(folder, 'browser.cjs'), 0o755);
  env = { ...env, NODE_ENV: 'production', BROWSER: join(folder, 'browser.cjs') };
  const { code, stderr } = await run(
    '--functions',
    '10ms',
    '--files',
    '0ms',
    '--open',
    'program.js',
  );

  expect(code).toBe(0);
  expect(stderr).toMatch(/^throughline: tasks at \S+ \(.*\)\n$/);
  await until('the call', async () => (await labels()).includes('readFile program.js'));
  await until('a page', () => existsSync(join(folder, 'opened')));
  expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(page());
});

test('the collector is stopped by a command, when it has stored what has arrived', async () => {
  write('server.ts', server);
  await run('server.ts');
  const stopped = await ran([throughline, 'stop'], { env });
  const again = await ran([throughline, 'stop'], { env });

  expect(stopped.stdout).toBe(`Stopped the collector at ${page()}\n`);
  expect(again.stdout).toBe('No collector runs.\n');
  await run('server.ts');
  await until('the tasks of before and of now', async () => (await titles()).length === 2);
});

describe('code of a program', () => {
  const program = (says: string): string => `console.log(${JSON.stringify(says)});\n`;
  /** The code of the line that wrote this. */
  const codeOf = async (says: string): Promise<unknown> => {
    const get = async (path: string): Promise<never> =>
      (await (await fetch(page() + path)).json()) as never;
    const { taskId } = await until(`a task ${says}`, async () => {
      const { tasks } = await get(`/api/tasks?where=${encodeURIComponent(says)}`);
      return (tasks as { taskId: string }[])[0];
    });
    const { events } = (await get(`/api/tasks/${taskId}`)) as { events: TraceEvent[] };
    const { source, host, processId, timestamp } = events.find(({ label }) => label === says)!;
    const asked = { source: source!, host: host!, process: `${processId}`, time: `${timestamp}` };
    return (await get(`/api/code?${new URLSearchParams(asked)}`)) as unknown;
  };

  test('is that of its own folder, also of two programs with a file of the same name', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name));
      write(join(name, 'main.mjs'), program(name));
      await ran([throughline, 'run', 'main.mjs'], { cwd: join(folder, name), env });
    }

    for (const name of ['two', 'one']) {
      expect(await codeOf(name)).toMatchObject({ first: 1, lines: [program(name).trim()] });
    }
  });

  test('is not told with --no-code', async () => {
    write('main.mjs', program('secret'));
    await run('--no-code', 'main.mjs');

    expect(await codeOf('secret')).toBeNull();
    // Also where another one has started it.
    await run('--', process.execPath, throughline, 'run', '--no-code', 'main.mjs');
    expect(await codeOf('secret')).toBeNull();
  });
});

test('--otlp sends spans to the receiver that OpenTelemetry names, and starts no collector', async () => {
  const receiver = await OtlpReceiver.start();
  try {
    write('server.ts', server);
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
    const { code, stderr } = await run('--otlp', 'server.ts');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(receiver.spans.map(({ kind, name }) => [kind, name])).toContainEqual([
      2,
      'GET /carts/1',
    ]);
    await expect(fetch(page())).rejects.toThrow();
  } finally {
    await receiver.stop();
  }
});

describe('where Node can put a program in the place of a process', () => {
  let node: string;
  beforeAll(async () => {
    node = await nodeOf(24);
  });

  test('the program has its id, its streams, its arguments and its exit code', async () => {
    write(
      'program.mjs',
      `console.log(process.pid, process.ppid, process.argv.slice(2)); process.exit(7);`,
    );
    const child = new Child([throughline, 'run', 'program.mjs', 'a b'], { cwd: folder, env, node });
    const said = await child.said(/^(\d+) (\d+) (.*)$/m);

    expect(said).toEqual([String(child.pid), String(process.pid), `[ 'a b' ]`]);
    expect(await child.exit).toEqual({ code: 7, signal: null });
  });

  test('a command is found as a shell finds it, and one that is not is said', async () => {
    expect(
      (await ran([throughline, 'run', 'echo', 'hello'], { cwd: folder, env, node })).stdout,
    ).toBe('hello\n');
    const { code, stderr } = await ran([throughline, 'run', 'no-such-command'], {
      cwd: folder,
      env,
      node,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('Cannot run no-such-command');
  });

  test('a signal for all processes of a group reaches it once', async () => {
    write(
      'program.mjs',
      `
      let count = 0;
      process.on('SIGTERM', () => count++);
      setTimeout(() => { console.log('signals ' + count); process.exit(); }, 1000);
      console.log('ready');
    `,
    );
    const child = new Child([throughline, 'run', 'program.mjs'], {
      cwd: folder,
      env,
      node,
      detached: true,
    });
    await child.said(/ready/);
    process.kill(-child.pid, 'SIGTERM');

    expect(await child.said(/signals (\d)/)).toEqual(['1']);
    await child.exit;
  });
});
