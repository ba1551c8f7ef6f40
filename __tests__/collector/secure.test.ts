// Everything over TLS, and everything over a Unix socket.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import type { Collector } from '@throughline/collector';
import { Child, ran, root } from '../harness/child';
import { startTestCollector } from '../harness/test-collector';

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

  test('a file of somebody else is left alone', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const { stderr } = await ran([cli, 'serve', '--socket', file, '--store', ':memory:']);

    expect(stderr).toMatch(/TL_PORT_UNAVAILABLE/);
    expect(existsSync(file)).toBe(true);
  });
});
