import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeReport } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';
import { encodeMessage } from '../../collector/src/ingest/pubsub-messages';
import { openDriver } from '../../collector/src/store/driver';
import { ReportQueue } from '../../runtime/src/xtrace/queue';
import { parseAddress } from '../../runtime/src/xtrace/address';
import { TcpSender } from '../../runtime/src/xtrace/tcp-sender';
import { Child, root } from '../harness/child';
import { freePort } from '../harness/collector';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';

// What has been acknowledged is there, once, whatever happens to the collector.

let folder: string;
let store: string;
let sender: TcpSender | undefined;
let child: Child | undefined;
let said: jest.SpyInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-fire-'));
  store = join(folder, 'events.db');
  said = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  sender?.close();
  sender = undefined;
  child?.signal('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
  said.mockRestore();
});

const TASKS = 7;
const reportOf = (number: number): Report =>
  event(number % TASKS, number, [], { label: `${number}` });

/** Returns how often each event is in a collector. */
async function kept(collector: { url: string }): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let task = 0; task < TASKS; task++) {
    const { body } = await ask<{ events?: Report[] }>(collector, `/api/tasks/${id(task)}`);
    for (const { label } of body.events ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

test('a collector that is killed again and again loses nothing and keeps nothing twice', async () => {
  const [reportPort, webPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${webPort}`;
  const start = (): Child =>
    new Child([join(root, 'cli/bin/throughline.js'), 'serve', '--store', store], {
      env: {
        THROUGHLINE_REPORT_PORT: String(reportPort),
        THROUGHLINE_WEB_PORT: String(webPort),
      },
    });
  let collector = (child = start());
  await collector.said(/Page at/);
  const queue = new ReportQueue();
  sender = new TcpSender(parseAddress(`:${reportPort}`), queue);
  let sent = 0;
  const more = (): void => {
    for (let i = 0; i < 500; i++) queue.push(reportOf(++sent));
    sender!.wake();
  };
  for (let kill = 0; kill < 4; kill++) {
    const before = queue.sent;
    more();
    await until('an acknowledgement', () => queue.sent > before);
    more();
    // In the middle of a batch, as likely as not.
    collector.signal('SIGKILL');
    await collector.exit;
    collector = child = start();
    await collector.said(/Page at/);
  }

  expect(await sender.flush(50_000)).toBe(true);
  expect(queue.dropped).toBe(0);
  const counts = await kept({ url });
  collector.signal('SIGTERM');
  expect((await collector.exit).code).toBe(0);
  expect([...counts.values()].every((count) => count === 1)).toBe(true);
  expect(counts.size).toBe(sent);
});

test('a file that another program holds is waited for, and /health says so', async () => {
  const collector = await startTestCollector({ store });
  const queue = new ReportQueue();
  const [host, port] = collector.reportAddress.split(':') as [string, string];
  sender = new TcpSender(parseAddress(`${host}:${port}`), queue);
  const other = openDriver(store);
  other.exec('BEGIN EXCLUSIVE');
  for (let i = 1; i <= 1000; i++) queue.push(reportOf(i));
  sender.wake();
  const { body } = await until('the failure', async () => {
    const answer = await ask(collector, '/health');
    return answer.status === 503 && answer;
  });
  expect(body['problems']).toEqual([
    expect.stringMatching(/^the store fails: .*locked.*It is tried again\.$/),
  ]);
  expect(collector.counters).toMatchObject({ received: 1000, kept: 0, waiting: 1000 });
  other.exec('ROLLBACK');
  other.close();

  expect(await sender.flush(50_000)).toBe(true);
  await until('health', async () => (await ask(collector, '/health')).status === 200);
  expect((await kept(collector)).size).toBe(1000);
  await collector.close();
});

test('senders slow down while the store cannot store, and memory stays bounded', async () => {
  const collector = await startTestCollector({ store });
  const other = openDriver(store);
  other.exec('BEGIN EXCLUSIVE');
  const [host, port] = collector.reportAddress.split(':') as [string, string];
  const label = 'x'.repeat(100_000);
  const written = await Promise.all(
    [1, 2, 3, 4].map(async (task) => {
      const socket = createConnection({ host, port: Number(port) });
      socket.on('error', () => {});
      let count = 0;
      // 40 MB from each, in a protocol that has no acknowledgement.
      for (let i = 1; i <= 400 && count === i - 1; i++) {
        const message = encodeMessage('xtrace', encodeReport(event(task, i, [], { label })));
        const isTaken = socket.write(message);
        if (isTaken || (await drained(socket))) count++;
      }
      return { socket, count };
    }),
  );
  const waiting = collector.counters.waiting * label.length;
  expect(waiting).toBeLessThan(80 * 1024 * 1024);
  expect(written.some(({ count }) => count < 400)).toBe(true);
  other.exec('ROLLBACK');
  other.close();
  await until('the rest', () => {
    const { received, kept: stored, waiting: left } = collector.counters;
    return left === 0 && stored === received && received >= written.length * 100;
  });
  for (const { socket } of written) socket.destroy();
  await collector.close();
});

/** Resolves to true when a socket has room again, to false if it has none for half a second. */
function drained(socket: ReturnType<typeof createConnection>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 500);
    socket.once('drain', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

test('connections that never end their messages do not fill the memory', async () => {
  const collector = await startTestCollector({ store });
  const [host, port] = collector.reportAddress.split(':') as [string, string];
  const head = Buffer.from('000000017400ffffff', 'hex');
  let closed = 0;
  const sockets = Array.from({ length: 8 }, () => {
    const socket = createConnection({ host, port: Number(port) });
    socket.on('error', () => {});
    socket.on('close', () => closed++);
    // 15 MB of 16 MB.
    socket.write(Buffer.concat([head, Buffer.alloc(15 * 1024 * 1024)]));
    return socket;
  });
  await until('the largest to be closed', () => closed >= 6);
  const queue = new ReportQueue();
  sender = new TcpSender(parseAddress(`${host}:${port}`), queue);
  queue.push(reportOf(1));

  expect(await sender.flush(50_000)).toBe(true);
  for (const socket of sockets) socket.destroy();
  await collector.close();
});

test('reports come by HTTP, too, and the answer says what became of them', async () => {
  const collector = await startTestCollector({ store });
  const post = (body: Uint8Array, headers = {}): ReturnType<typeof ask> =>
    ask(collector, '/api/reports', { method: 'POST', body: Buffer.from(body), headers });
  const batch = Buffer.concat(
    [1, 2].map((number) => lengthDelimited(encodeReport(reportOf(number)))),
  );

  expect(await post(batch)).toMatchObject({ status: 200, body: { kept: 2, duplicates: 0 } });
  expect(await post(batch)).toMatchObject({ status: 200, body: { kept: 0, duplicates: 2 } });
  expect((await post(Buffer.from('bad'))).body).toMatchObject({ kept: 0, refused: 1 });
  const page = await post(batch, { origin: 'http://localhost:5173' });
  expect(page.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  expect(await post(batch, { origin: 'https://evil.example' })).toMatchObject({
    status: 403,
    body: { code: 'TL_REQUEST_REFUSED' },
  });
  expect((await ask(collector, '/api/reports')).status).toBe(400);
  await collector.close();
});

function lengthDelimited(report: Uint8Array): Uint8Array {
  expect(report.length).toBeLessThan(128);
  return Buffer.concat([Buffer.of(report.length), report]);
}

test('pages of an origin that is named may send reports, and read nothing', async () => {
  const origin = 'https://shop.example';
  const collector = await startTestCollector({ allowOrigins: [origin] });
  const headers = { origin };
  const sent = await ask(collector, '/api/reports', { method: 'POST', body: '', headers });

  expect(sent.status).toBe(200);
  expect(sent.headers.get('access-control-allow-origin')).toBe(origin);
  expect((await ask(collector, '/v1/traces', { method: 'OPTIONS', headers })).status).toBe(204);
  expect((await ask(collector, '/api/tasks', { headers })).status).toBe(403);
  const other = { origin: 'https://other.example' };
  expect((await ask(collector, '/v1/traces', { method: 'OPTIONS', headers: other })).status).toBe(
    403,
  );
  await collector.close();
  await expect(startTestCollector({ allowOrigins: ['shop.example'] })).rejects.toThrow(
    /allowOrigins.*https:\/\/shop\.example.*\["shop\.example"\]/,
  );
});

describe('who may ask', () => {
  test.each([
    ['another site', '/api/tasks', { origin: 'https://evil.example' }],
    ['another program on this machine', '/api/tasks', { origin: 'http://localhost:5173' }],
    ['a name that was pointed here', '/api/tasks', { host: 'evil.example' }],
    ['a name that was pointed here, for the page', '/', { host: 'evil.example:4080' }],
  ])('not a page of %s', async (_, path, headers) => {
    const collector = await startTestCollector();
    const { status, body } = await raw(collector.url + path, headers);

    expect(status).toBe(403);
    expect(body).toMatch(/"code":"TL_REQUEST_REFUSED"/);
    await collector.close();
  });

  test.each([{ host: 'localhost:80' }, { host: '127.0.0.1' }, { host: '[::1]:4080' }, {}])(
    'whoever says %j',
    async (headers) => {
      const collector = await startTestCollector();

      expect((await raw(`${collector.url}/api/tasks`, headers)).status).toBe(200);
      await collector.close();
    },
  );
});

/** Asks with headers that `fetch` does not let a program choose. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    }).on('error', reject);
  });
}

test('/metrics has the numbers of /health in the format of Prometheus', async () => {
  const collector = await startTestCollector();
  await collector.addEvents([event(1, 1), event(1, 2)]);
  const { text } = await ask(collector, '/metrics');

  expect(text).toMatch(/^# HELP throughline_reports_received_total .+\n# TYPE .+ counter\n/);
  expect(text).toContain('\nthroughline_reports_kept_total 2\n');
  expect(text).toContain('\nthroughline_store_tasks 1\n');
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(#|[a-z_]+ \d+$)/);
  await collector.close();
});
