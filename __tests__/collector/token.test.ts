import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import type { Collector } from '@throughline/collector';
import { readSettings } from '../../collector/src/settings';
import { Child, ran, root } from '../harness/child';
import { ask, startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';

const TOKEN = 'open-sesame!';
const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

let collector: Collector;
beforeAll(async () => {
  collector = await startTestCollector({ token: TOKEN });
});
afterAll(() => collector.close());

const REFUSED = expect.stringMatching(
  /no token, or not the right one.*TL_TOKEN_REFUSED/s,
) as string;

test.each([
  '/api/tasks',
  '/api/live',
  '/metrics',
  '/reports/1',
  '/interactive/reports/1',
  '/v1/traces',
])('%s is refused without the token, and with another one', async (path) => {
  for (const init of [
    {},
    bearer('open-sesame'),
    bearer(`${TOKEN}x`),
    { headers: { cookie: 'throughline_token=no' } },
  ]) {
    const { status: code, body } = await ask<{ error: string }>(collector, path, init);
    expect([code, body.error]).toEqual([401, REFUSED]);
  }
});

test('reports over HTTP are refused without it', async () => {
  const { status: code } = await ask(collector, '/api/reports', { method: 'POST', body: 'x' });
  expect(code).toBe(401);
});

test('with the token, what is asked for is answered', async () => {
  expect((await ask(collector, '/api/tasks', bearer(TOKEN))).status).toBe(200);
  expect((await ask(collector, '/metrics', bearer(TOKEN))).status).toBe(200);
});

test('a browser keeps it after the page was opened with it once', async () => {
  expect(collector.pageUrl).toBe(`${collector.url}/?token=open-sesame!`);
  const opened = await fetch(`${collector.url}/tasks/1?view=log&token=${TOKEN}`, {
    redirect: 'manual',
  });
  expect([opened.status, opened.headers.get('location')]).toEqual([302, '/tasks/1?view=log']);
  const [cookie] = opened.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
  const asked = await ask(collector, '/api/tasks', { headers: { cookie: cookie!.split(';')[0]! } });
  expect(asked.status).toBe(200);
  // The page itself holds nothing.
  const { status: code, headers } = await ask(collector, '/?token=wrong-one');
  expect([code, headers.get('set-cookie')]).toEqual([200, null]);
});

test('whether it is well, everybody may ask', async () => {
  expect((await ask(collector, '/health')).body).toEqual({ ok: true });
  expect(Object.keys((await ask(collector, '/health', bearer(TOKEN))).body)).toContain('processId');
});

const program = (token: string): Child =>
  new Child(
    [
      '--input-type=module',
      '-e',
      `import { connect, flush, log } from '@throughline/runtime/xtrace';
       await connect('${collector.reportAddress}');
       log('sent with ${token || 'none'}');
       console.log(await flush(1000));`,
    ],
    { cwd: root, env: { THROUGHLINE_TOKEN: token } },
  );

test('a program that has it is heard, and others are told what is missing', async () => {
  const [own, none, wrong] = [program(TOKEN), program(''), program('open-barley')];
  for (const child of [own, none, wrong]) await child.exit;

  expect([own.stdout, own.stderr]).toEqual(['true\n', '']);
  expect(none.stderr).toMatch(/wants a token.*TL_TOKEN_REFUSED/);
  expect(wrong.stderr).toMatch(/wants another token.*TL_TOKEN_REFUSED/);
  const { body } = await ask<{ tasks: { title: string }[] }>(
    collector,
    '/api/tasks',
    bearer(TOKEN),
  );
  expect(body.tasks.map(({ title }) => title)).toEqual([`sent with ${TOKEN}`]);
});

test('the original protocol has no place for it', async () => {
  const port = Number(collector.reportAddress.split(':')[1]);
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.write(Buffer.from([0, 0, 0, 1, 0x78, 0, 0, 0, 1, 0x79]));
  let answer = '';
  socket.on('data', (part) => (answer += part.toString()));
  await once(socket, 'close');
  expect(answer).toBe('XTR0');
});

test('a hello that comes in parts, and one that never ends', async () => {
  const port = Number(collector.reportAddress.split(':')[1]);
  const socket = createConnection({ port, host: '127.0.0.1' });
  let answer = '';
  socket.on('data', (part) => (answer += part.toString()));
  const hello = Buffer.concat([
    Buffer.from('XTR2'),
    Buffer.from([0, TOKEN.length]),
    Buffer.from(TOKEN),
  ]);
  for (const byte of hello) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('the answer', () => answer === 'XTR1');
  socket.destroy();
});

test('exporters of OpenTelemetry send it over gRPC', async () => {
  const client = new Client(collector.otlpGrpcAddress!, credentials.createInsecure());
  const send = (token?: string): Promise<number> => {
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const same = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        ...([same, same, Buffer.alloc(0), metadata] as const),
        (error) => resolve(error?.code ?? status.OK),
      );
    });
  };
  expect([await send(), await send('wrong-one'), await send(TOKEN)]).toEqual([
    ...[status.UNAUTHENTICATED, status.UNAUTHENTICATED, status.OK],
  ]);
  client.close();
});

test('the command line takes it from its variable', async () => {
  const list = (token: string): ReturnType<typeof ran> =>
    ran([`${root}/cli/bin/throughline.js`, 'list', '--collector', collector.url], {
      env: { THROUGHLINE_TOKEN: token },
    });
  expect((await list(TOKEN)).code).toBe(0);
  expect((await list('')).stderr).toContain('TL_TOKEN_REFUSED');
});

test.each(['short', 'with spaces in it', 'x'.repeat(1001), 17])('%p is no token', (token) => {
  const read = (): unknown => readSettings({ token }, {});
  expect(read).toThrow(/TL_SETTING_INVALID/);
  expect(read).not.toThrow(String(token));
});
