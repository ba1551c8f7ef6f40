import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeReport } from '@throughline/runtime/report';
import { encodeMessage, MessageReader } from '../../collector/src/ingest/pubsub-messages';
import type { Report } from '@throughline/runtime/report';
import type { Collector } from '@throughline/collector';
import type { Counters } from '../../collector/src/ingest/accept';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { PubsubConnection } from '../harness/pubsub-connection';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';

// Frames as they were captured from the original clients and server.
const SUBSCRIBE_GREETINGS = '00000001 5f 0000000b 0a 09 6772656574696e6773';
const UNSUBSCRIBE_T1 = '00000001 5f 00000004 12 02 7431';
const SUBSCRIBE_AND_UNSUBSCRIBE_T1 = '00000001 5f 00000008 0a 02 7431 12 02 7431';
const HELLO_ON_T1 = '00000002 7431 00000005 68656c6c6f';
const JAVA_REPORT = [
  '0915cd5b0700000000 115f0fdf87b66195d8 190000000000000000 20a8a1f1baa034 2891c3a9a4bd20',
  '3a02766d 40a88501 4a06587444656d6f 5001 5a046d61696e 6206587444656d6f',
  '720c73746172742031206f662032 7a026b31 7a026b32 82010131 8201046e756c6c',
].join(' ');
const TWO_PARENTS = '0915cd5b0700000000 114ae4f611097a668d 190995ec4e71cba2f9 191cf350e51366d674';
const TWO_TAGS = '8a010464656d6f 8a01096a6176612070656572';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** The 8 bytes of a fixed 64-bit field. */
const fixed = (field: number, value: bigint): Buffer => {
  const out = Buffer.alloc(9, (field << 3) | 1);
  out.writeBigUInt64LE(BigInt.asUintN(64, value), 1);
  return out;
};
const varint = (value: bigint): Buffer => {
  const out: number[] = [];
  for (let left = BigInt.asUintN(64, value); ; left >>= 7n) {
    if (left < 0x80n) return Buffer.from([...out, Number(left)]);
    out.push(Number(left & 0x7fn) | 0x80);
  }
};
const report = (number: number, more: Partial<Report> = {}): Buffer =>
  Buffer.from(encodeReport(event(1, number, [], more)));

let collector: Collector;
let connections: PubsubConnection[] = [];
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(async () => {
  for (const connection of connections) connection.destroy();
  connections = [];
  await collector.close();
});

async function connect(to = collector): Promise<PubsubConnection> {
  const connection = await PubsubConnection.to(to.reportAddress);
  connections.push(connection);
  return connection;
}
async function settled(received: number): Promise<Counters> {
  await until(`${received} reports`, () => {
    const { received: got, waiting } = collector.counters;
    return got >= received && waiting === 0;
  });
  return collector.counters;
}
async function eventsOf(task: string): Promise<TraceEvent[]> {
  const { body } = await ask<{ events?: TraceEvent[] }>(collector, `/api/tasks/${task}`);
  return body.events ?? [];
}
async function health(): Promise<{
  ok: boolean;
  reports: Counters;
  connections: { connections: number; badStreams: number; undelivered: number };
  problems: string[];
}> {
  return (await ask(collector, '/health')).body as never;
}

describe('captured frames', () => {
  test('a report of the Java client is kept with everything in it', async () => {
    await (await connect()).send(encodeMessage('xtrace', bytes(JAVA_REPORT)));
    await settled(1);

    expect(await eventsOf('00000000075bcd15')).toEqual([
      {
        ...{ taskId: '00000000075bcd15', eventId: 'd89561b687df0f5f', parentEventIds: [] },
        ...{ timestamp: 1_795_419_820_200_000, label: 'start 1 of 2', host: 'vm' },
        ...{ processId: 17_064, processName: 'XtDemo', threadId: 1, threadName: 'main' },
        ...{ agent: 'XtDemo', hrt: '1115962368401' },
        fields: [
          ['k1', '1'],
          ['k2', 'null'],
        ],
      },
    ]);
  });

  test('a report with two parents, and one with tags, are kept', async () => {
    const client = await connect();
    await client.publish('xtrace', bytes(TWO_PARENTS));
    await client.publish('xtrace', bytes(`0915cd5b0700000000 110100000000000000 ${TWO_TAGS}`));
    await settled(2);
    const events = await eventsOf('00000000075bcd15');

    expect(events.find(({ eventId }) => eventId === '8d667a0911f6e44a')).toMatchObject({
      parentEventIds: ['f9a2cb714eec9509', '74d66613e550f31c'],
    });
    expect(events.find(({ eventId }) => eventId === id(1))).toMatchObject({
      tags: ['demo', 'java peer'],
    });
  });

  test('parents that are packed are read like those that are not', async () => {
    const packed = `${TWO_PARENTS.slice(0, 37)} 1a10 0995ec4e71cba2f9 1cf350e51366d674`;
    await (await connect()).publish('xtrace', bytes(packed));
    await settled(1);

    expect((await eventsOf('00000000075bcd15'))[0]!.parentEventIds).toEqual([
      ...['f9a2cb714eec9509', '74d66613e550f31c'],
    ]);
  });

  test('a stream that comes byte by byte is read like one that comes whole', async () => {
    const client = await connect();
    const stream = Buffer.concat([
      bytes(SUBSCRIBE_GREETINGS),
      encodeMessage('xtrace', bytes(JAVA_REPORT)),
      encodeMessage('greetings', Buffer.from('hi')),
    ]);
    for (const byte of stream) await client.send(Buffer.of(byte));
    await settled(1);

    expect(await eventsOf('00000000075bcd15')).toHaveLength(1);
    await until('the greeting', () => client.heard().includes('greetings: hi'));
  });

  test('many reports in one write are all kept', async () => {
    const stream = Array.from({ length: 5000 }, (_, i) => encodeMessage('xtrace', report(i + 1)));
    await (await connect()).send(Buffer.concat(stream));

    expect(await settled(5000)).toMatchObject({ received: 5000, kept: 5000, waiting: 0 });
    expect(await eventsOf(id(1))).toHaveLength(5000);
  });
});

describe('what reports say', () => {
  test.each([
    ['milliseconds', 1_474_851_945_531n, 1_474_851_945_531_000],
    ['microseconds', 1_474_851_945_531_432n, 1_474_851_945_531_432],
    ['nothing', undefined, 0],
  ])('a timestamp in %s is kept in microseconds', async (_, sent, kept) => {
    const time = sent === undefined ? [] : [Buffer.of(4 << 3), varint(sent)];
    await (await connect()).publish('xtrace', Buffer.concat([fixed(1, 1n), fixed(2, 2n), ...time]));
    await settled(1);

    expect((await eventsOf(id(1)))[0]!.timestamp).toBe(kept);
  });

  test.each([
    ['the largest', 2n ** 63n - 1n],
    ['the smallest', -(2n ** 63n)],
    ['beyond what numbers hold', 2n ** 60n + 1n],
  ])('a timestamp that is %s leaves tasks and lists readable', async (_, timestamp) => {
    const client = await connect();
    const odd = [fixed(1, 1n), fixed(2, 2n), Buffer.of(4 << 3), varint(timestamp)];
    await client.publish('xtrace', Buffer.concat(odd));
    await client.publish('xtrace', encodeReport(event(2, 3)));
    const { received, kept, refused } = await settled(2);

    expect(kept + refused).toBe(received);
    expect(await ask(collector, '/api/tasks')).toMatchObject({ status: 200 });
    expect(await eventsOf(id(2))).toHaveLength(1);
    if (kept === 2) expect(await eventsOf(id(1))).toHaveLength(1);
  });

  test('ids that are negative numbers are kept with all 64 bits', async () => {
    const client = await connect();
    await client.publish('xtrace', Buffer.concat([fixed(1, -1n), fixed(2, -2n), fixed(3, -3n)]));
    await settled(1);

    for (const task of ['-1', '18446744073709551615', 'f'.repeat(16), 'F'.repeat(16)]) {
      expect(await eventsOf(task)).toMatchObject([
        { taskId: 'ffffffffffffffff', eventId: 'fffffffffffffffe' },
      ]);
    }
    expect((await eventsOf('-1'))[0]!.parentEventIds).toEqual(['fffffffffffffffd']);
  });

  test('a parent that is 0 is none', async () => {
    await (
      await connect()
    ).publish('xtrace', Buffer.concat([fixed(1, 1n), fixed(2, 2n), fixed(3, 0n)]));
    await settled(1);

    expect((await eventsOf(id(1)))[0]!.parentEventIds).toEqual([]);
  });

  test('fields of a later version are skipped', async () => {
    const unknown = Buffer.concat([Buffer.of(0xa2, 0x06, 3), Buffer.from('new')]);
    await (await connect()).publish('xtrace', Buffer.concat([report(1), unknown]));
    await settled(1);

    expect(await eventsOf(id(1))).toHaveLength(1);
  });

  test('a report that is sent again is kept once and counted as a duplicate', async () => {
    const client = await connect();
    for (let i = 0; i < 3; i++) await client.publish('xtrace', report(1));

    expect(await settled(3)).toEqual({
      ...{ received: 3, kept: 1, duplicates: 2, conflicts: 0, refused: 0, dropped: 0, waiting: 0 },
    });
  });
});

describe('bad input', () => {
  const endless = Buffer.alloc(200_000, 0x0b);
  const reports: [string, Uint8Array][] = [
    ['that is empty', Buffer.alloc(0)],
    ['of random bytes', Buffer.from('ffffffffffffffffffffff', 'hex')],
    ['that is text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['that is cut off', report(1).subarray(0, 12)],
    ['without ids', bytes('72026869')],
    ['with only a task', fixed(1, 1n)],
    ['with only an event', fixed(2, 1n)],
    [
      'whose label is longer than the message',
      Buffer.concat([fixed(1, 1n), bytes('72ffffff7f61')]),
    ],
    ['of groups in groups without end', Buffer.concat([fixed(1, 1n), fixed(2, 1n), endless])],
  ];
  test.each(reports)('a report %s is refused, and the connection goes on', async (_, bad) => {
    const client = await connect();
    await client.publish('xtrace', bad);
    await client.publish('xtrace', report(7));

    expect(await settled(2)).toMatchObject({ received: 2, kept: 1, refused: 1 });
    expect(client.isClosed).toBe(false);
    expect((await health()).problems.join()).toMatch(/a report was refused: \S/);
  });

  const streams: [string, string][] = [
    ['a negative topic length', 'ffffffff'],
    ['the smallest length', '80000000'],
    ['a huge topic length', '7fffffff'],
    ['a negative message length', '00000006 787472616365 fffffffe'],
    ['a huge message length', '00000006 787472616365 7fffffff'],
    ['what another protocol sends', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ];
  test.each(streams)('%s ends its own connection and no other', async (_, hex) => {
    const [bystander, client] = [await connect(), await connect()];
    await bystander.control(['t']);
    await client.send(encodeMessage('xtrace', report(1)));
    await client.sendHex(hex);
    await until('the end of the connection', () => client.isClosed);
    await bystander.publish('xtrace', report(2));
    await bystander.publish('t', 'still here');

    expect(await settled(2)).toMatchObject({ kept: 2, refused: 0 });
    await until('the message', () => bystander.heard().includes('t: still here'));
    expect(bystander.isClosed).toBe(false);
    expect((await health()).connections.badStreams).toBe(1);
    expect(await (await connect()).barrier()).toBeUndefined();
  });

  test('a large message that comes in small pieces holds nobody up', () => {
    const message = encodeMessage('t', Buffer.alloc(16 * 1024 * 1024));
    const reader = new MessageReader();
    let found = 0;
    for (let at = 0; at < message.length; at += 16 * 1024) {
      for (const _ of reader.read(message.subarray(at, at + 16 * 1024))) found++;
    }

    expect(found).toBe(1);
  }, 20_000);

  test('an empty topic is a topic like any other', async () => {
    const client = await connect();
    await client.control(['']);
    await client.publish('', 'message');
    await client.publish('xtrace', report(1));

    await until('the message', () => client.heard().includes(': message'));
    expect(await settled(1)).toMatchObject({ kept: 1 });
  });

  test('an empty message is delivered, and the stream stays in step', async () => {
    const client = await connect();
    await client.control(['t']);
    await client.publish('t', '');
    await client.publish('t', 'after');
    await client.barrier();

    expect(client.heard()).toEqual(['t: ', 't: after']);
  });

  test.each([
    ['empty', ''],
    ['that is no protobuf', 'ffffffff'],
    ['that is cut off', '0a05 6161'],
  ])('a control message %s changes nothing, and the connection goes on', async (_, hex) => {
    const client = await connect();
    await client.control(['t']);
    await client.publish('_', bytes(hex));
    await client.publish('t', 'heard');
    await client.barrier();

    expect(client.heard()).toEqual(['t: heard']);
    expect(client.isClosed).toBe(false);
  });

  test('a control message that breaks off changes nothing at all', async () => {
    const client = await connect();
    await client.control(['kept']);
    await client.publish('_', bytes('0a026e6f 1204 6b657074 0a7f'));
    await client.publish('no', 'not subscribed');
    await client.publish('kept', 'heard');
    await client.barrier();

    expect(client.heard()).toEqual(['kept: heard']);
  });

  test('a peer that goes away in the middle of a message is its own affair', async () => {
    const [bystander, client] = [await connect(), await connect()];
    await client.send(encodeMessage('xtrace', report(1)).subarray(0, 20));
    client.socket.resetAndDestroy();
    await bystander.publish('xtrace', report(2));

    expect(await settled(1)).toEqual({
      ...{ received: 1, kept: 1, duplicates: 0, conflicts: 0, refused: 0, dropped: 0, waiting: 0 },
    });
  });

  test('the counters add up after good, repeated and bad reports of many connections', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect()));
    await Promise.all(
      clients.map(async (client, i) => {
        for (let n = 0; n < 50; n++) {
          await client.publish(
            'xtrace',
            n % 5 === 4 ? 'bad' : report(n % 2 ? n : 100 * (i + 1) + n),
          );
        }
      }),
    );
    const counters = await settled(400);
    const { received, kept, duplicates, conflicts, refused, dropped, waiting } = counters;

    expect(received).toBe(400);
    expect(refused).toBe(80);
    expect([conflicts, dropped]).toEqual([0, 0]);
    expect(kept + duplicates + refused + waiting).toBe(received);
    expect(await eventsOf(id(1))).toHaveLength(kept);
    expect((await health()).reports).toEqual(counters);
  });
});

describe('routing', () => {
  test('a message reaches exactly the subscribers of its topic, the sender included', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    await a.control(['t', 'u']);
    await b.control(['t']);
    await c.control(['T']);
    await Promise.all([a.barrier(), b.barrier(), c.barrier()]);
    await a.publish('t', 'one');
    await b.publish('u', 'two');
    await Promise.all([a.barrier(), b.barrier()]);
    await c.barrier();
    await a.barrier();

    expect(a.heard()).toEqual(['t: one', 'u: two']);
    expect(b.heard()).toEqual(['t: one']);
    expect(c.heard()).toEqual([]);
  });

  test('captured control frames subscribe and unsubscribe', async () => {
    const client = await connect();
    await client.sendHex(SUBSCRIBE_AND_UNSUBSCRIBE_T1);
    await client.sendHex(HELLO_ON_T1);
    await client.barrier();
    // Unsubscribes come first, whatever stands first in the message.
    expect(client.heard()).toEqual(['t1: hello']);
    await client.sendHex(UNSUBSCRIBE_T1);
    await client.sendHex(HELLO_ON_T1);
    await client.barrier();
    expect(client.heard()).toEqual(['t1: hello']);
  });

  test('subscribing twice brings a message once', async () => {
    const client = await connect();
    await client.control(['t', 't']);
    await client.control(['t']);
    await client.publish('t', 'once');
    await client.barrier();

    expect(client.heard()).toEqual(['t: once']);
  });

  test('control messages are routed too, the own ones included', async () => {
    const [watcher, other] = [await connect(), await connect()];
    await watcher.control(['_']);
    await watcher.barrier();
    await other.sendHex(SUBSCRIBE_GREETINGS);
    await other.barrier();
    await watcher.barrier();

    const controls = watcher.received
      .filter(({ topic }) => topic === '_')
      .map(({ message }) => message);
    expect(controls[0]).toBe('0a015f');
    expect(controls).toContain('0a096772656574696e6773');
  });

  test('reports reach subscribers unchanged, those that are refused too', async () => {
    const client = await connect();
    await client.control(['xtrace']);
    await client.publish('xtrace', bytes(JAVA_REPORT));
    await client.publish('xtrace', 'no report');
    await client.barrier();

    expect(client.received.filter(({ topic }) => topic === 'xtrace')).toEqual([
      { topic: 'xtrace', message: bytes(JAVA_REPORT).toString('hex') },
      { topic: 'xtrace', message: Buffer.from('no report').toString('hex') },
    ]);
    expect(await settled(2)).toMatchObject({ kept: 1, refused: 1 });
  });

  test('topics are bytes: those that are no text are told apart', async () => {
    const client = await connect();
    const [first, second] = [Buffer.of(0xff, 0xfe), Buffer.of(0xff, 0xfd)];
    await client.publish('_', Buffer.concat([Buffer.of(0x0a, 2), first]));
    await client.publish(second, 'second');
    await client.publish(first, 'first');
    await client.barrier();

    expect(client.heard().map((text) => text.split(': ')[1])).toEqual(['first']);
  });

  test('order is kept for one sender and topic', async () => {
    const [sender, receiver] = [await connect(), await connect()];
    await receiver.control(['t']);
    await receiver.barrier();
    const sent = Array.from({ length: 500 }, (_, i) => String(i));
    await sender.send(Buffer.concat(sent.map((text) => encodeMessage('t', Buffer.from(text)))));
    await until('all', () => receiver.heard().length >= 500);

    expect(receiver.heard()).toEqual(sent.map((text) => `t: ${text}`));
  });

  test('a subscriber that never reads costs bounded memory, and nobody else a message', async () => {
    const [deaf, sender, receiver] = [await connect(), await connect(), await connect()];
    await deaf.control(['t']);
    await deaf.barrier();
    deaf.socket.pause();
    await receiver.control(['t']);
    await receiver.barrier();
    const message = encodeMessage('t', Buffer.alloc(256 * 1024, 'x'));
    for (let i = 0; i < 240; i++) {
      await sender.send(message);
      await until('delivery', () => receiver.received.length > i + 1);
      receiver.received[i + 1]!.message = '';
    }
    await sender.publish('xtrace', report(1));

    // 60 MB were sent; 8 MB may wait, and the system's own buffers hold some. What was not delivered is
    // counted, so the rest is what waits: garbage makes memory itself a bad measure.
    const { connections } = await health();
    expect(connections.undelivered).toBeGreaterThan(100);
    expect(receiver.isClosed || sender.isClosed).toBe(false);
    expect(await settled(1)).toMatchObject({ kept: 1 });
  }, 20_000);
});

describe('the end', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-ingest-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('closing ends open connections and requests, and takes no more', async () => {
    const own = await startTestCollector();
    const client = await connect(own);
    await client.send(encodeMessage('xtrace', report(1)).subarray(0, 9));
    const kept = await fetch(`${own.url}/health`);
    await kept.text();
    await own.close();

    await until('the end of the connection', () => client.isClosed);
    await expect(PubsubConnection.to(own.reportAddress)).rejects.toThrow(/ECONNREFUSED/);
    await expect(fetch(`${own.url}/health`)).rejects.toThrow();
  });

  test('closing twice is the same as once', async () => {
    const own = await startTestCollector();
    await own.close();

    await expect(own.close()).resolves.toBeUndefined();
  });

  test('what was received before closing is in the store afterwards', async () => {
    const store = join(folder, 'events.db');
    const own = await startTestCollector({ store });
    const client = await connect(own);
    const stream = Array.from({ length: 5000 }, (_, i) => encodeMessage('xtrace', report(i + 1)));
    await client.send(Buffer.concat(stream));
    await until('all reports', () => own.counters.received === 5000);
    await own.close();
    const again = await startTestCollector({ store });

    const { body } = await ask<{ events: unknown[] }>(again, `/api/tasks/${id(1)}`);
    await again.close();
    expect(body.events).toHaveLength(5000);
    expect(own.counters).toMatchObject({ kept: 5000, waiting: 0 });
  });

  test('what was sent before closing is still read', async () => {
    const own = await startTestCollector({ store: join(folder, 'events.db') });
    const client = await connect(own);
    await client.barrier();
    // Loopback: what the sender's system has taken is in the receiver's.
    await client.send(encodeMessage('xtrace', report(1)));
    const closing = own.close();
    await closing;

    expect(own.counters).toMatchObject({ received: 1, kept: 1 });
  });

  test('a port that is taken is named, with what to do, and nothing stays open', async () => {
    const taken = Number(collector.reportAddress.split(':')[1]);
    const page = Number(new URL(collector.url).port);
    const store = join(folder, 'events.db');

    await expect(startTestCollector({ reportPort: taken })).rejects.toThrow(
      new RegExp(`port ${taken}: .*EADDRINUSE.*reportPort.*\\(TL_PORT_UNAVAILABLE\\)$`),
    );
    await expect(startTestCollector({ store, webPort: page })).rejects.toThrow(
      new RegExp(`port ${page}: .*EADDRINUSE.*webPort.*\\(TL_PORT_UNAVAILABLE\\)$`),
    );
    await (await startTestCollector({ store })).close();
  });

  test.each([
    [{ reportPort: 70_000 }, /reportPort.*0 to 65535.*70000/],
    [{ webPort: 'x' }, /webPort.*0 to 65535.*"x"/],
    [{ host: '' }, /host.*non-empty/],
    [{ store: '' }, /store.*non-empty/],
  ])('the setting %j is refused', async (settings, message) => {
    await expect(startTestCollector(settings as never)).rejects.toThrow(message);
    await expect(startTestCollector(settings as never)).rejects.toThrow(/\(TL_SETTING_INVALID\)$/);
  });
});
