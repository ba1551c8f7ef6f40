import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Events, prelude, Programs } from './program';

const programs = new Programs();
beforeAll(() => {
  writeFileSync(
    join(programs.folder, 'child.js'),
    `
      console.log('in the child', process.argv.slice(2).join());
      process.exitCode = Number(process.argv[3] ?? 0);
    `,
  );
});
afterAll(() => programs.remove());

/** Every process that a program starts is instrumented, too. */
const everywhere = {
  NODE_OPTIONS: '--import @throughline/babel-plugin/register --import @throughline/runtime/auto',
};

const head = `
  import { exec, execFile, fork, spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { promisify } from 'node:util';
  import { log, startTask } from '@throughline/runtime/xtrace';
  const node = process.execPath;
  startTask();
  log('begin');
`;

/** The ways to wait for a process, each with a log after it. */
const WAYS: readonly (readonly [string, string])[] = [
  [
    'spawn, by once',
    `await once(spawn(node, ['child.js', 'x'], { stdio: 'ignore' }), 'exit'); log('after');`,
  ],
  [
    'spawn, by a listener',
    `spawn(node, ['child.js', 'x'], { stdio: 'ignore' }).on('close', () => log('after'));`,
  ],
  ['fork', `await once(fork('child.js', ['x'], { silent: true }), 'close'); log('after');`],
  [
    'execFile, with a callback',
    `execFile(node, ['child.js', 'x'], (error, stdout) => log('after', { stdout }));`,
  ],
  ['execFile, as a promise', `await promisify(execFile)(node, ['child.js', 'x']); log('after');`],
  ['exec, as a promise', `await promisify(exec)(node + ' child.js x'); log('after');`],
];

test.each(WAYS)('%s: the process is an operation that goes on in the child', async (_, code) => {
  const { events, stderr } = await programs.run(head + code, everywhere);
  expect(stderr).toBe('');
  const begun = events.find('begin', /^run node( child\.js)?$/);
  expect(events.parentsOf(begun)).toEqual(['event begin']);
  expect(begun.source).toMatch(/^program\.js:\d+$/);
  const child = events.reports.find(({ label }) => label.startsWith('in the child'))!;
  expect([child.taskId, events.parentsOf(child)]).toEqual([begun.taskId, [`begin ${begun.label}`]]);
  const ended = events.find('end', /^run node( child\.js)? 0$/);
  expect(Events.field(ended, 'status')).toBe('ok');
  const after = events.reports.find(({ label }) => label === 'after')!;
  expect(events.parentsOf(after)).toEqual([`end ${ended.label}`]);
});

test('processes that fail, that cannot be started, and that are ended', async () => {
  const { events, stdout } = await programs.run(`${head}
    await promisify(execFile)(node, ['child.js', 'x', '3']).catch(({ code }) => console.log(code));
    await promisify(execFile)('no-such-program', ['secret']).catch(({ code }) => console.log(code));
    const child = spawn(node, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    child.kill();
    const [code, signal] = await once(child, 'exit');
    console.log(code, signal);
  `);
  expect(stdout).toBe('3\nENOENT\nnull SIGTERM\n');
  const outcomes = events
    .all('end', /^run/)
    .map((one) => [one.label, Events.field(one, 'status'), Events.field(one, 'error.type')]);
  expect(outcomes).toEqual([
    ['run node child.js 3', 'error', '3'],
    ['run no-such-program failed', 'error', 'ENOENT'],
    ['run node SIGTERM', 'cancelled', 'SIGTERM'],
  ]);
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});

test('of a command, nothing but the name of a program is told', async () => {
  const { events } = await programs.run(`
    import { exec, spawn, ChildProcess } from 'node:child_process';
    import { promisify } from 'node:util';
    const run = promisify(exec);
    await run('PASSWORD=hunter2 true').catch(() => {});
    await run('(cd / && true)').catch(() => {});
    await run('"./hunter2 x"').catch(() => {});
    for (const args of [['./none.sh', '--token', 'hunter2'], ['-c', 'true', 'sh', 'hunter2']]) {
      await new Promise((resolve) => spawn('bash', args, { stdio: 'ignore' }).on('close', resolve));
    }
  `);
  expect(events.all('begin', /^run/).map(({ label }) => label)).toEqual([
    ...['run true', 'run sh', 'run sh', 'run bash', 'run true'],
  ]);
  expect(JSON.stringify(events.reports)).not.toContain('hunter2');
});

test('a process that could not be started has ended, and one with an error goes on', async () => {
  const { events, stdout } = await programs.run(`
    import { fork, spawn } from 'node:child_process';
    import { once } from 'node:events';
    try { spawn('echo', ['x'.repeat(3e6)]); } catch ({ code }) { console.log(code); }
    const child = fork('child.js', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.on('error', ({ code }) => console.log(code));
    child.disconnect();
    child.send({});
    await new Promise((resolve) => child.on('exit', resolve));
  `);
  expect(stdout).toBe('E2BIG\nERR_IPC_CHANNEL_CLOSED\n');
  expect(events.all('end', /^run/).map(({ label }) => label)).toEqual([
    'run echo failed',
    'run node child.js 0',
  ]);
});

test('what the program sees of its processes is as without us', async () => {
  const code = `
    import { ChildProcess, exec, execFile, spawn } from 'node:child_process';
    import { promisify } from 'node:util';
    const running = promisify(exec)('echo one');
    console.log(running instanceof Promise, typeof running.child.pid, (await running).stdout);
    console.log(execFile.length, exec.name, typeof promisify(execFile));
    await new Promise((resolve) => {
      execFile('echo', ['two'], function (error, stdout, stderr) {
        console.log(this === undefined, arguments.length, error, stdout, stderr);
        resolve();
      });
    });
    try { execFile(7, () => {}); } catch ({ code }) { console.log(code); }
    const own = { TRACEPARENT: '00-' + '1'.repeat(32) + '-' + '2'.repeat(16) + '-01' };
    const asked = promisify(execFile)('sh', ['-c', 'echo $TRACEPARENT'], { env: { ...process.env, ...own } });
    console.log((await asked).stdout);
    const empty = await promisify(execFile)('/usr/bin/env', [], { env: {} });
    console.log(empty.stdout.replace(/^TRACEPARENT=00-.*\\n/, ''));
    const bare = new ChildProcess();
    bare.spawn({ file: 'true', args: ['true'], stdio: 'ignore' });
    console.log(promisify(exec) === promisify(exec), bare.spawnfile);
    const child = spawn('true');
    child.on('exit', (...args) => console.log(args, Object.keys(child).length));
  `;
  const [traced, plain] = [await programs.run(code), await programs.runPlain(code)];
  expect(traced.stderr).toBe('');
  expect(traced.stdout).toBe(plain.stdout);
});

test('processes that the program waits for are operations, and what they do is part of the task', async () => {
  writeFileSync(
    join(programs.folder, 'inner.js'),
    `import { log } from '@throughline/runtime/xtrace'; log('inner ' + process.argv[2]);`,
  );
  const { events, stdout, stderr } = await programs.run(
    `${prelude}
    import { execFileSync, execSync, spawnSync } from 'node:child_process';
    import { log } from '@throughline/runtime/xtrace';
    const options = Object.freeze({ env: Object.freeze({ ...process.env, SECRET: 'x' }) });
    const { url, stop } = await serve((request, response) => {
      const all = [
        execSync('echo "one secret"').toString().trim(),
        execFileSync(process.execPath, ['inner.js', 'two'], options).length,
        spawnSync(process.execPath, ['-e', 'process.exit(3)']).status,
        spawnSync('no-such-program').error.code,
      ];
      try { execSync('exit 4', { stdio: 'ignore' }); } catch (error) { all.push(error.status); }
      try { execFileSync(); } catch (error) { all.push(error.code); }
      try { spawnSync('echo', 'wrong'); } catch (error) { all.push(error.code); }
      log('after');
      response.end(JSON.stringify(all));
    });
    console.log(await get(url + '/1', { headers: inTask(1) }));
    await stop();
  `,
    everywhere,
  );

  expect({ stdout, stderr }).toEqual({
    stdout: '["one secret",0,3,"ENOENT",4,"ERR_INVALID_ARG_TYPE","ERR_INVALID_ARG_TYPE"]\n',
    stderr: '',
  });
  const own = events.ofTask(1);
  const line = own.reports
    .filter(({ label }) => label.startsWith('run ') || label === 'after')
    .map((one) => `${one.label} <- ${own.parentsOf(one).join()}`);
  expect(line.slice(0, 10)).toEqual([
    'run echo <- begin GET /1',
    'run echo 0 <- begin run echo',
    'run node inner.js <- end run echo 0',
    'run node inner.js 0 <- begin run node inner.js',
    'run node <- end run node inner.js 0',
    'run node 3 <- begin run node',
    'run no-such-program <- end run node 3',
    'run no-such-program failed <- begin run no-such-program',
    'run exit <- end run no-such-program failed',
    'run exit 4 <- begin run exit',
  ]);
  const [inner] = own.reports.filter(({ label }) => label === 'inner two');
  expect(own.parentsOf(inner!)).toEqual(['begin run node inner.js']);
  expect(JSON.stringify(own.reports)).not.toContain('secret');
});
