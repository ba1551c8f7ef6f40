// Everything over TLS, and everything over a Unix socket.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import type { Collector } from '@throughline/collector';
import { Child, ran, root } from '../harness/child';
import { freePort } from '../harness/collector';
import { startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';

const cli = join(root, 'cli', 'bin', 'throughline.js');
/** Logs an event, and waits until it is stored. */
const PROGRAM = `
  const { connect, log, startTask, flush } = require('@throughline/runtime/xtrace');
  connect(process.env.THROUGHLINE_COLLECTOR).catch(({ message }) => console.log(message));
  startTask();
  log('sent');
  flush(5000).then((isStored) => console.log(isStored));
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-secure-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('TLS', () => {
  let cert: string;
  let key: string;
  let collector: Collector;
  let trusting: Record<string, string>;
  let otherCert: string;
  beforeAll(async () => {
    [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = [
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    );
    collector = await startTestCollector({ cert, key });
    trusting = { NODE_EXTRA_CA_CERTS: cert };
    otherCert = join(folder, 'other.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        '/dev/null',
        '-out',
        otherCert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
  });
  afterAll(() => collector.close());

  test('a program sends its events over it', async () => {
    const THROUGHLINE_COLLECTOR = collector.reportAddress;
    expect(THROUGHLINE_COLLECTOR).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    const kept = collector.counters.kept;

    expect(await ran(['-e', PROGRAM], { env: { THROUGHLINE_COLLECTOR, ...trusting } })).toEqual({
      code: 0,
      stdout: 'true\n',
      stderr: '',
    });
    expect(collector.counters.kept).toBe(kept + 1);
  });

  test('a certificate that nobody has signed is refused by the program', async () => {
    const { stdout, stderr } = await ran(['-e', PROGRAM], {
      env: { THROUGHLINE_COLLECTOR: collector.reportAddress },
    });

    expect(stdout + stderr).toMatch(/Cannot reach a collector at tls:.*self-signed certificate/);
  });

  test('a certificate that nobody has signed is trusted by who has its file', async () => {
    const THROUGHLINE_COLLECTOR = collector.reportAddress;
    const env = { THROUGHLINE_COLLECTOR, THROUGHLINE_CERT: cert };
    expect(await ran(['-e', PROGRAM], { env })).toEqual({ code: 0, stdout: 'true\n', stderr: '' });

    const list = [cli, 'list', '--collector', collector.url];
    expect(await ran(list, { env })).toMatchObject({ code: 0, stderr: '' });
    const other = { ...env, THROUGHLINE_CERT: otherCert };
    expect((await ran(list, { env: other })).stderr).toMatch(/and it is not THROUGHLINE_CERT/);
    const refused = await ran(['-e', PROGRAM], { env: other });
    expect(refused.stdout).toMatch(/and it is not THROUGHLINE_CERT/);
  });

  test('a program may wait for the connection, and for nothing else', async () => {
    const program = `
      import { connect } from '@throughline/runtime/xtrace';
      await connect('${collector.reportAddress}');
      console.log('connected');`;
    const { code, stdout } = await ran(['--input-type=module', '-e', program], { env: trusting });

    expect([code, stdout]).toEqual([0, 'connected\n']);
  });

  test('`run` starts a collector with it, and the program and `stop` find that', async () => {
    const env = {
      ...{ THROUGHLINE_CERT: cert, THROUGHLINE_KEY: key, THROUGHLINE_STORE: ':memory:' },
      THROUGHLINE_WEB_PORT: String(await freePort()),
      THROUGHLINE_REPORT_PORT: String(await freePort()),
    };
    const program = join(folder, 'program.mjs');
    writeFileSync(program, 'console.log("ran");');
    const { code, stdout, stderr } = await ran([cli, 'run', program], { env, cwd: folder });
    expect([code, stdout]).toEqual([0, 'ran\n']);
    expect(stderr).toContain(`tasks at https://127.0.0.1:${env.THROUGHLINE_WEB_PORT}`);

    const { stdout: list } = await ran([cli, 'list', '--json'], { env });
    expect(list).toMatch(/"title":"ran"/);
    expect((await ran([cli, 'stop'], { env })).stdout).toMatch(/^Stopped the collector at https:/);
  });

  test('a peer that never agrees holds neither the collector nor a program', async () => {
    const own = await startTestCollector({ cert, key });
    const idle = [own.url, own.otlpUrl, own.reportAddress].map((url) =>
      connectPlain(Number(/:(\d+)$/.exec(url)![1]), '127.0.0.1'),
    );
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    await own.close();
    for (const socket of idle) socket.destroy();

    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `tls://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { code, stdout } = await ran(['-e', PROGRAM], {
      env: { THROUGHLINE_COLLECTOR: address },
    });
    silent.close();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/has not agreed on TLS for 5000 ms/)]);
  });

  test('what is logged just before the end is sent as far as the system takes it', async () => {
    const kept = collector.counters.kept;
    const program = `
      import { connect, log, startTask } from '@throughline/runtime/xtrace';
      await connect('${collector.reportAddress}');
      await new Promise((resolve) => setTimeout(resolve, 100));
      startTask();
      for (let i = 0; i < 2000; i++) log('event ' + i);
      process.exit();`;
    await ran(['--input-type=module', '-e', program], { env: trusting });
    await until('all of them', () => collector.counters.kept >= kept + 2000);
  });

  test('a page that came without TLS is not its own', async () => {
    const { host } = new URL(collector.url);
    const status = (origin: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request(
          `${collector.url}/api/tasks`,
          { rejectUnauthorized: false, headers: { origin } },
          (response) => resolve(response.statusCode!),
        )
          .on('error', reject)
          .end();
      });

    expect([await status(`https://${host}`), await status(`http://${host}`)]).toEqual([200, 403]);
  });

  test('the page, its answers and OpenTelemetry over HTTP and gRPC are over it', async () => {
    expect(collector.url).toMatch(/^https:/);
    for (const url of [`${collector.url}/api/tasks`, `${collector.otlpUrl}/health`]) {
      const answer = await new Promise<string>((resolve, reject) => {
        request(url, { rejectUnauthorized: false }, (response) => resolve(text(response)))
          .on('error', reject)
          .end();
      });
      expect(JSON.parse(answer)).toEqual(expect.any(Object));
    }
    const Client = makeGenericClientConstructor({}, 'x');
    const client = new Client(
      collector.otlpGrpcAddress!,
      credentials.createSsl(null, null, null, {
        checkServerIdentity: () => undefined,
        rejectUnauthorized: false,
      }),
    );
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const asItIs = (bytes: Buffer): Buffer => bytes;
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(path, asItIs, asItIs, Buffer.alloc(0), (error) =>
        error ? reject(error) : resolve(),
      );
    });
    client.close();
  });

  test('the command line asks over it', async () => {
    const { stdout, code } = await ran([cli, 'list', '--collector', collector.url, '--json'], {
      env: trusting,
    });

    expect(code).toBe(0);
    expect(stdout).toMatch(/"title":"sent"/);
  });

  test('who does not speak it harms nobody', async () => {
    const [, port] = /:(\d+)$/.exec(collector.reportAddress)!;
    const { stdout } = await ran(['-e', PROGRAM], {
      env: { THROUGHLINE_COLLECTOR: `:${port}` },
    });
    expect(stdout).not.toBe('true\n');
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    socket.destroy();
  });

  test.each([
    [{ cert: 'C' }, /Setting "cert" needs "key"/],
    [{ key: 'K' }, /Setting "key" needs "cert"/],
    [{ cert: 'C', key: 'K', socket: '/x' }, /exclude each other/],
    [{ cert: 'C', key: 'C' }, /must be files of a certificate and its key, as PEM/],
    [{ cert: 'K', key: '/nowhere' }, /ENOENT/],
  ])('%j is refused', async (given, message) => {
    const named = Object.fromEntries(
      Object.entries(given).map(([name, file]) => [name, { C: cert, K: key }[file] ?? file]),
    );

    await expect(startTestCollector(named)).rejects.toThrow(message);
  });
});

const describeOnUnix = process.platform === 'win32' ? describe.skip : describe;

describeOnUnix('a Unix socket', () => {
  let path: string;
  let child: Child;
  beforeAll(async () => {
    path = join(folder, 'socket');
    child = new Child([cli, 'serve', '--socket', path, '--store', ':memory:']);
    await child.said(/Press Ctrl-C/);
  });
  afterAll(() => child.end());

  test('only its owner may use it, and no port is open', () => {
    expect(child.stdout).toBe(
      `Serving everything at unix:${path}\nStoring events in :memory:\nPress Ctrl-C to stop.\n`,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('programs and commands use it', async () => {
    const THROUGHLINE_COLLECTOR = `unix:${path}`;
    expect(await ran(['-e', PROGRAM], { env: { THROUGHLINE_COLLECTOR } })).toMatchObject({
      stdout: 'true\n',
    });

    const env = { THROUGHLINE_SOCKET: path };
    expect((await ran([cli, 'list', '--json'], { env })).stdout).toMatch(/"title":"sent"/);
    const named = await ran([cli, 'list', '--json', '--collector', `unix:${path}`]);
    expect(named.stdout).toMatch(/"title":"sent"/);
  });

  test('`run` finds it', async () => {
    const { stdout, stderr } = await ran(
      [cli, 'run', '-e', 'console.log(process.env.THROUGHLINE_COLLECTOR)'],
      {
        env: { THROUGHLINE_SOCKET: path },
      },
    );

    expect(stderr).toContain(`unix:${path}`);
    expect(stdout).toBe(`unix:${path}\n`);
  });

  test('a second collector is refused, and one after a crash is not', async () => {
    const second = await ran([cli, 'serve', '--socket', path, '--store', ':memory:']);
    expect(second.stderr).toMatch(/Cannot listen on the socket ".*EADDRINUSE.*TL_PORT_UNAVAILABLE/);
    child.signal('SIGKILL');
    await child.exit;
    expect(existsSync(path)).toBe(true);

    child = new Child([cli, 'serve', '--socket', path, '--store', ':memory:']);
    await child.said(/Press Ctrl-C/);
    child.signal('SIGTERM');
    expect((await child.exit).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('a path that is too long, or in no folder, is refused', async () => {
    const long = join(folder, 'x'.repeat(120));
    for (const [path, message] of [
      [long, /its path has \d+ bytes, and 10[37] are possible/],
      [join(folder, 'nowhere', 'socket'), /there is no folder .*nowhere/],
    ] as const) {
      const { stderr, code } = await ran([cli, 'serve', '--socket', path, '--store', ':memory:']);
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('x'))).toEqual([]);
  });

  test('a file of somebody else is left alone', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const { stderr } = await ran([cli, 'serve', '--socket', file, '--store', ':memory:']);

    expect(stderr).toMatch(/TL_PORT_UNAVAILABLE/);
    expect(existsSync(file)).toBe(true);
  });
});
