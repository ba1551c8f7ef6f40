import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort, SmallCollector } from '../harness/collector';

const entry = join(__dirname, '../../runtime/dist/esm/xtrace/node.js');
const built = existsSync(entry) ? test : test.skip;

interface Stats {
  readonly logged: number;
  readonly sent: number;
  readonly queued: number;
}

/** Runs a program in a process of its own until it ends by itself. Its standard input ends with `input`. */
async function program(
  code: string,
  input: Promise<void> = Promise.resolve(),
): Promise<{ code: number | null; stderr: string }> {
  const head = `import { connect, flush, log, stats } from ${JSON.stringify(pathToFileURL(entry).href)};`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', head + code], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  void input.then(() => child.stdin.end());
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A program that does not end is a failure of the test, and must not outlive it.
  const watchdog = setTimeout(() => child.kill('SIGKILL'), 50_000);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(watchdog);
  return { code: exitCode, stderr };
}

let collector: SmallCollector;
beforeEach(async () => {
  collector = await SmallCollector.start();
});
afterEach(() => collector.stop());
const connected = (): string => `await connect('127.0.0.1:${collector.port}');`;
const delivered = async (count: number): Promise<string[]> => {
  await collector.until(() => collector.sockets.size === 0);
  expect(collector.reports).toHaveLength(count);
  return collector.labels;
};

built('a program that ends right after log delivers', async () => {
  const { code } = await program(`${connected()} log('last');`);

  expect(code).toBe(0);
  expect(await delivered(1)).toEqual(['last']);
});

built('the name of a process is sent as a string, whatever it was given as', async () => {
  const { code } = await program(`
    await connect('127.0.0.1:${collector.port}', { processName: 12 });
    log('event');
  `);

  expect(code).toBe(0);
  await delivered(1);
  expect(collector.reports[0]).toMatchObject({ label: 'event', processName: '12' });
});

built('a program that never waits for the connection delivers', async () => {
  const { code } = await program(`
    log('before');
    connect('127.0.0.1:${collector.port}');
    log('after');
  `);

  expect(code).toBe(0);
  expect(await delivered(2)).toEqual(['before', 'after']);
});

built('a program that logs 20,000 events and ends delivers them all', async () => {
  const { code } = await program(
    `${connected()} for (let i = 0; i < 20000; i++) log('event ' + i);`,
  );

  expect(code).toBe(0);
  expect((await delivered(20_000)).at(-1)).toBe('event 19999');
});

built('a burst is delivered whole to a collector that reads slowly', async () => {
  collector.readSlowly();
  const { code, stderr } = await program(`
    ${connected()}
    for (let i = 0; i < 90000; i++) log('event ' + i);
    process.on('exit', () => console.error(JSON.stringify(stats())));
  `);

  expect(code).toBe(0);
  expect(JSON.parse(stderr)).toEqual({ logged: 90_000, sent: 90_000, dropped: 0, queued: 0 });
  expect((await delivered(90_000)).at(-1)).toBe('event 89999');
});

built('flush sends every batch although nothing else wakes the program', async () => {
  const { stderr } = await program(`
    ${connected()}
    for (let i = 0; i < 3000; i++) log('event ' + i);
    console.error(await flush(), stats().sent);
  `);

  expect(stderr).toBe('true 3000\n');
});

built('a batch is sent while the program waits for something else', async () => {
  const { code } = await program(
    `${connected()} process.stdin.resume(); for (let i = 0; i < 3000; i++) log('event ' + i);`,
    collector.until(() => collector.reports.length === 3000),
  );

  expect(code).toBe(0);
});

built('what the operating system has not taken is not counted as sent', async () => {
  collector.readSlowly({ pauseMs: 50_000 });
  const { stderr } = await program(`
    ${connected()}
    process.on('exit', () => console.error(JSON.stringify(stats())));
    for (let i = 0; i < 500; i++) log('x'.repeat(100_000));
    process.exit();
  `);
  const [, warned] = /(\d+) events were not sent/.exec(stderr) ?? [];
  const { logged, sent, queued } = JSON.parse(stderr.slice(stderr.indexOf('{'))) as Stats;

  expect(logged).toBe(500);
  expect(queued).toBe(Number(warned));
  expect(queued).toBeGreaterThan(0);
  expect(sent + queued).toBe(logged);
});

built('what is written after the collector has died is not counted as sent', async () => {
  const server = `require('net').createServer((socket) => socket.resume())
    .listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;
  const untilRefused = `const ask = () => require('net').connect(+process.argv[1], '127.0.0.1')
    .on('error', () => process.exit())
    .on('connect', function () { this.destroy(); setTimeout(ask, 5); });
    ask();`;
  const { stderr } = await program(`
    import { spawn, spawnSync } from 'node:child_process';
    import { once } from 'node:events';
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(server)}]);
    const port = String((await once(child.stdout, 'data'))[0]).trim();
    await connect('127.0.0.1:' + port);
    process.on('exit', () => console.error(JSON.stringify(stats())));
    log('before');
    await flush();
    child.kill('SIGKILL');
    // The loop does not turn, so the client does not learn that the connection is closed.
    spawnSync(process.execPath, ['-e', ${JSON.stringify(untilRefused)}, port]);
    for (let i = 0; i < 2000; i++) log('after ' + i);
    process.exit();
  `);
  const { sent, queued } = JSON.parse(stderr.slice(stderr.indexOf('{'))) as Stats;

  // The system still takes the first batch.
  expect(sent + queued).toBe(2001);
  expect(queued).toBeGreaterThanOrEqual(1000);
});

built('a program that calls process.exit right after log delivers', async () => {
  const { code } = await program(`${connected()} log('last'); process.exit(3);`);

  expect(code).toBe(3);
  expect(await delivered(1)).toEqual(['last']);
});

built('a program that fails right after log delivers', async () => {
  const { code } = await program(`${connected()} log('last'); throw new Error('boom');`);

  expect(code).toBe(1);
  expect(await delivered(1)).toEqual(['last']);
});

built('a program that logs while it exits delivers', async () => {
  const { code } = await program(
    `process.once('beforeExit', () => log('before exit')); ${connected()} log('first');`,
  );

  expect(code).toBe(0);
  expect((await delivered(2)).sort()).toEqual(['before exit', 'first']);
});

built('a program without a collector ends, says so and does not fail', async () => {
  const port = await freePort();
  const { code, stderr } = await program(`
    connect('127.0.0.1:${port}', { exitTimeoutMs: 200 });
    log('lost');
  `);

  expect(code).toBe(0);
  expect(stderr).toMatch(/TL_COLLECTOR_UNREACHABLE/);
  expect(stderr).toMatch(/1 event was not sent.*TL_REPORTS_UNSENT/);
});

built('a connection does not keep a program alive', async () => {
  const { code } = await program(connected());

  expect(code).toBe(0);
});

built('connect rejects with a code when nobody answers, and then goes on trying', async () => {
  const port = await freePort();
  const running = program(`
    log('waiting');
    await connect('127.0.0.1:${port}').catch((error) => console.error('code:', error.code));
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.once('data', () => {
        console.error('delivered');
        server.close();
        socket.destroy();
        process.exit();
      });
    }).listen(${port}, '127.0.0.1');
  `);
  const { stderr } = await running;

  expect(stderr).toMatch(/code: TL_COLLECTOR_UNREACHABLE/);
  expect(stderr).toMatch(/delivered/);
});

built('an address that cannot be read rejects with a code', async () => {
  const { stderr, code } = await program(`
    for (const address of ['', 'host:0', 'host:99999', 'a b', 5563, undefined, 12n]) {
      await connect(address).catch((error) => console.error(String(error.code)));
    }
  `);

  expect(code).toBe(0);
  expect(stderr.trim().split('\n')).toEqual(Array(7).fill('TL_ADDRESS_INVALID'));
});

built('events that are not sent are counted: logged = sent + dropped + queued', async () => {
  const { stderr } = await program(`
    connect('127.0.0.1:${await freePort()}', { maxQueuedEvents: 5, exitTimeoutMs: 50 });
    for (let i = 0; i < 12; i++) log('event ' + i);
    console.error(JSON.stringify(stats()));
  `);
  const [line] = stderr.split('\n');

  expect(JSON.parse(line!)).toEqual({ logged: 12, sent: 0, dropped: 7, queued: 5 });
});

built('a limit that is set after events were logged holds', async () => {
  const { stderr } = await program(`
    for (let i = 0; i < 20; i++) log('event ' + i);
    connect('127.0.0.1:${await freePort()}', { maxQueuedEvents: 5, exitTimeoutMs: 50 });
    log('one more');
    console.error(JSON.stringify(stats()));
  `);
  const [line] = stderr.split('\n');

  expect(JSON.parse(line!)).toMatchObject({ logged: 21, queued: 5 });
});

built('a program that waits for nothing ends as it does without a client', async () => {
  const { code } = await program(`${connected()} log('first'); await new Promise(() => {});`);

  // Node's code for a module that never ends.
  expect(code).toBe(13);
  expect(await delivered(1)).toEqual(['first']);
});

built('work that begins when the program would end is done', async () => {
  const { code, stderr } = await program(`
    process.once('beforeExit', () => setTimeout(() => console.error('done'), 300));
    process.exitCode = 4;
    ${connected()}
    log('first');
  `);

  expect([code, stderr]).toEqual([4, 'done\n']);
});

built('100,000 events of a program that ends are all there', async () => {
  const { code, stderr } = await program(`
    connect('127.0.0.1:${collector.port}');
    for (let i = 0; i < 100_000; i++) log('event');
  `);

  expect([code, stderr]).toEqual([0, '']);
  expect(await delivered(100_000)).toHaveLength(100_000);
});

built('dropped events are an event', async () => {
  const { code } = await program(`
    connect('127.0.0.1:${collector.port}', { maxQueuedEvents: 10 });
    for (let i = 0; i < 17; i++) log('event ' + i);
  `);

  expect(code).toBe(0);
  const [label] = (await delivered(11)).slice(-1);
  expect(label).toBe('7 events were dropped');
  expect(collector.reports.at(-1)).toMatchObject({
    fields: [['dropped', '7']],
    parentEventIds: [],
  });
});

built('the original protocol is spoken to pubsub:// addresses', async () => {
  const { code } = await program(
    `await connect('pubsub://127.0.0.1:${collector.port}'); log('last');`,
  );

  expect(code).toBe(0);
  expect(await delivered(1)).toEqual(['last']);
  expect(collector.protocols).toEqual(['pubsub']);
});
