import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import timers from 'node:timers';
import { once } from 'node:events';
import { freePort, SmallCollector } from '../harness/collector';
import { warnOnce } from '../../runtime/src/kernel/warn';
import { ReportQueue } from '../../runtime/src/xtrace/queue';
import { parseAddress } from '../../runtime/src/xtrace/address';
import { TcpSender } from '../../runtime/src/xtrace/tcp-sender';
import type { Report } from '../../runtime/src/xtrace/report';

const report = (label: string): Report => ({
  taskId: '0'.repeat(31) + '1',
  eventId: '0000000000000001',
  parentEventIds: [],
  timestamp: 1_700_000_000_000_000,
  label,
});

let senders: TcpSender[] = [];
let collectors: SmallCollector[] = [];
let said: jest.SpyInstance;

beforeEach(() => {
  said = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(async () => {
  for (const sender of senders) sender.close();
  await Promise.all(collectors.map((collector) => collector.stop()));
  senders = [];
  collectors = [];
  said.mockRestore();
});

async function collect(port?: number): Promise<SmallCollector> {
  const collector = await SmallCollector.start(port);
  collectors.push(collector);
  return collector;
}
function send(
  port: number,
  queue = new ReportQueue(),
  isAcknowledged = true,
): { sender: TcpSender; queue: ReportQueue } {
  const sender = new TcpSender(parseAddress(`${isAcknowledged ? '' : 'pubsub://'}:${port}`), queue);
  senders.push(sender);
  return { sender, queue };
}
const labels = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('what was queued before the connection is sent, in order', async () => {
  const collector = await collect();
  const { sender, queue } = send(collector.port);
  for (const label of labels(1200)) queue.push(report(label));

  expect(await sender.firstAttempt).toBeUndefined();
  expect(await sender.flush(50_000)).toBe(true);
  await collector.until(() => collector.reports.length === 1200);
  expect(collector.labels).toEqual(labels(1200));
  expect([queue.put, queue.sent, queue.dropped, queue.size]).toEqual([1200, 1200, 0, 0]);
});

test('a wake sends what came since', async () => {
  const collector = await collect();
  const { sender, queue } = send(collector.port);
  await sender.firstAttempt;
  queue.push(report('a'));
  sender.wake();
  await collector.until(() => collector.reports.length === 1);
  queue.push(report('b'));
  sender.wake();
  sender.wake();
  await collector.until(() => collector.reports.length === 2);

  expect(collector.labels).toEqual(['a', 'b']);
});

test('without a collector the first attempt fails, and the sender connects when there is one', async () => {
  const port = await freePort();
  const { sender, queue } = send(port);
  queue.push(report('waiting'));

  expect(await sender.firstAttempt).toMatchObject({ code: 'ECONNREFUSED' });
  const collector = await collect(port);
  await collector.until(() => collector.reports.length === 1);
  expect(collector.labels).toEqual(['waiting']);
});

test('pauses between attempts grow', async () => {
  const pauses: number[] = [];
  const real = globalThis.setTimeout;
  const spy = jest.spyOn(timers, 'setTimeout').mockImplementation(((
    work: () => void,
    pause: number,
  ) => {
    pauses.push(pause);
    return real(work, 0);
  }) as never);
  const { sender } = send(await freePort());
  await sender.firstAttempt;
  while (pauses.length < 6) await new Promise((resolve) => setImmediate(resolve));
  sender.close();
  spy.mockRestore();

  pauses.forEach((pause, i) => {
    expect(pause).toBeGreaterThanOrEqual(50 * 2 ** i);
    expect(pause).toBeLessThanOrEqual(100 * 2 ** i);
  });
});

test('while the collector is away the queue is bounded and keeps the newest', async () => {
  const port = await freePort();
  const queue = new ReportQueue();
  queue.limit = 10;
  const { sender } = send(port, queue);
  await sender.firstAttempt;
  for (const label of labels(25)) {
    queue.push(report(label));
    sender.wake();
  }
  expect([queue.size, queue.dropped]).toEqual([10, 15]);
  const collector = await collect(port);
  await collector.until(() => collector.reports.length === 10);

  expect(collector.labels).toEqual(labels(25).slice(15));
  expect(queue.put).toBe(queue.sent + queue.inFlight + queue.dropped + queue.size);
});

test('a collector that hangs up is connected to again, and nothing is lost', async () => {
  const collector = await collect();
  const { sender, queue } = send(collector.port);
  await sender.firstAttempt;
  queue.push(report('before'));
  await sender.flush(50_000);
  await collector.until(() => collector.reports.length === 1);
  collector.hangUp();
  await collector.until(() => collector.sockets.size === 0);
  for (const label of labels(20, 'after ')) queue.push(report(label));
  sender.wake();
  await collector.until(() => new Set(collector.labels).size === 21);

  expect(collector.connections).toBeGreaterThanOrEqual(2);
  // A batch may come twice, but never in part and never out of order.
  const firsts = [...new Set(collector.labels)];
  expect(firsts).toEqual(['before', ...labels(20, 'after ')]);
});

test('reports that had not been handed to a socket that failed go to the next one', async () => {
  // Takes connections and never reads: the first batch of 500 fills the socket.
  const held: Socket[] = [];
  const deaf = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    held.push(socket);
  });
  deaf.listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const { port } = deaf.address() as AddressInfo;
  const { sender, queue } = send(port);
  await sender.firstAttempt;
  const long = 'x'.repeat(100_000);
  for (let i = 0; i < 600; i++) queue.push(report(`${i} ${long}`));

  expect(await sender.flush(50)).toBe(false);
  const closed = once(deaf, 'close');
  deaf.close();
  for (const socket of held) socket.destroy();
  await closed;
  const collector = await collect(port);
  await collector.until(() => collector.labels.at(-1)?.startsWith('599 ') === true);

  expect(await sender.flush(50_000)).toBe(true);
  const rest = collector.labels.map((label) => label.split(' ')[0]!).slice(-100);
  expect(rest).toEqual(labels(600).slice(500));
  expect(queue.put).toBe(queue.sent + queue.inFlight + queue.dropped + queue.size);
});

test('flush resolves to true when there is nothing to send, connected or not', async () => {
  const collector = await collect();
  const { sender } = send(collector.port);
  await sender.firstAttempt;
  expect(await sender.flush(1000)).toBe(true);

  const { sender: alone } = send(await freePort());
  await alone.firstAttempt;
  expect(await alone.flush(1000)).toBe(true);
});

test('flush resolves to false when time is up', async () => {
  const { sender, queue } = send(await freePort());
  await sender.firstAttempt;
  queue.push(report('a'));

  expect(await sender.flush(20)).toBe(false);
});

test('a sender that was closed connects no more', async () => {
  const port = await freePort();
  const { sender, queue } = send(port);
  await sender.firstAttempt;
  sender.close();
  queue.push(report('a'));
  const collector = await collect(port);

  expect(await sender.flush(300)).toBe(false);
  expect(collector.connections).toBe(0);
});

test('a sender that is closed before it is connected hangs up', async () => {
  const collector = await collect();
  const { sender } = send(collector.port);
  sender.close();

  expect(await sender.firstAttempt).toBeInstanceOf(Error);
  await collector.until(() => collector.connections === 1 && collector.sockets.size === 0);
});

test('what is said about a collector that is away is said once', async () => {
  const { sender } = send(await freePort());
  await sender.firstAttempt;
  warnOnce('TL_COLLECTOR_UNREACHABLE', 'again');

  expect(said.mock.calls.length).toBeLessThanOrEqual(1);
});

describe('acknowledgements', () => {
  test('what was not acknowledged is sent again after a reconnect, in order', async () => {
    const collector = await collect();
    collector.acknowledges = false;
    const { sender, queue } = send(collector.port);
    await sender.firstAttempt;
    for (const label of labels(1200)) queue.push(report(label));
    sender.wake();
    await collector.until(() => collector.reports.length === 1200);
    expect([queue.sent, queue.inFlight]).toEqual([0, 1200]);
    collector.acknowledges = true;
    collector.hangUp();

    expect(await sender.flush(50_000)).toBe(true);
    expect(collector.labels.slice(1200)).toEqual(labels(1200));
    expect([queue.put, queue.sent, queue.dropped, queue.size]).toEqual([1200, 1200, 0, 0]);
  });

  test('only so many batches wait for one', async () => {
    const collector = await collect();
    collector.acknowledges = false;
    const { sender, queue } = send(collector.port);
    await sender.firstAttempt;
    // One to a batch.
    const label = 'x'.repeat(200_000);
    for (let i = 0; i < 40; i++) queue.push(report(label));
    expect(await sender.flush(500)).toBe(false);

    expect(queue.inFlight).toBe(32);
    expect(queue.size).toBe(8);
  });

  test('batches end after a megabyte, and an event that is too long is dropped', async () => {
    const collector = await collect();
    const { sender, queue } = send(collector.port);
    await sender.firstAttempt;
    const [long, tooLong] = ['x'.repeat(600_000), 'y'.repeat(17 * 1024 * 1024)];
    for (const label of [long, long, long, tooLong, 'last']) queue.push(report(label));

    expect(await sender.flush(50_000)).toBe(true);
    expect(collector.labels).toEqual([long, long, long, 'last']);
    expect([queue.sent, queue.dropped]).toEqual([4, 1]);
  });

  test.each([
    ['that does not store', 'XTR1', '0000000101'],
    ['that speaks another protocol', 'HTTP', ''],
    ['that closes the connection', '', ''],
  ])('a server %s is asked again with growing pauses', async (_, hello, answer) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.on('error', () => {});
      if (hello === '') socket.destroy();
      else socket.write(hello);
      socket.on('data', () => socket.writable && socket.write(Buffer.from(answer, 'hex')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { sender, queue } = send((server.address() as AddressInfo).port);
    queue.push(report('waiting'));
    expect(await sender.flush(1500)).toBe(false);

    // 100 ms, 200, 400, 800: each at least half of that.
    expect(connections).toBeGreaterThanOrEqual(2);
    expect(connections).toBeLessThanOrEqual(6);
    expect(queue.size + queue.inFlight).toBe(1);
    sender.close();
    server.close();
  });

  test('the original protocol is spoken where nothing is acknowledged', async () => {
    const collector = await collect();
    const { sender, queue } = send(collector.port, new ReportQueue(), false);
    await sender.firstAttempt;
    for (const label of labels(1200)) queue.push(report(label));

    expect(await sender.flush(50_000)).toBe(true);
    await collector.until(() => collector.reports.length === 1200);
    expect(collector.labels).toEqual(labels(1200));
    expect(collector.protocols).toEqual(['pubsub']);
  });
});
