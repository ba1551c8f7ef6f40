import fc from 'fast-check';
import protobuf from 'protobufjs';
import { pubsubWire } from '../../runtime/src/xtrace/wire';
import { MessageReader } from '../../collector/src/ingest/pubsub-messages';
import { decodeControl } from '../../collector/src/ingest/control-message';
import { encodeControl } from '../harness/pubsub-connection';
import { decodeReport } from '../harness/decode-report';
import { batchOf, eachReport } from '../../collector/src/reports/batch';
import { encodeBatch, encodeReport } from '@throughline/runtime/report';
import type { Report } from '@throughline/runtime/report';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');
const text = (value: string): Uint8Array => Buffer.from(value);

describe('frames that were captured from the original', () => {
  test('subscribe to "greetings"', () => {
    const [message] = [
      ...new MessageReader().read(bytes('00000001 5f 0000000b 0a 09 6772656574696e6773')),
    ];

    expect(message!.topic.toString()).toBe('_');
    const control = decodeControl(message!.message);
    expect(control.subscribe.map((topic) => Buffer.from(topic).toString())).toEqual(['greetings']);
    expect(control.unsubscribe).toEqual([]);
    expect(hex(encodeControl({ subscribe: [text('greetings')], unsubscribe: [] }))).toBe(
      '0a096772656574696e6773',
    );
  });

  test('unsubscribe from "t1", and both at once', () => {
    const both = { subscribe: [text('t1')], unsubscribe: [text('t1')] };

    expect(hex(encodeControl({ subscribe: [], unsubscribe: [text('t1')] }))).toBe('12027431');
    expect(hex(encodeControl(both))).toBe('0a02743112027431');
    const { subscribe, unsubscribe } = decodeControl(bytes('0a 02 7431 12 02 7431'));
    expect([hex(subscribe[0]!), hex(unsubscribe[0]!)]).toEqual(['7431', '7431']);
  });

  const first =
    '0915cd5b0700000000 115f0fdf87b66195d8 190000000000000000 20a8a1f1baa034 2891c3a9a4bd20' +
    '3a02766d 40a88501 4a06587444656d6f 5001 5a046d61696e 6206587444656d6f' +
    '720c73746172742031206f662032 7a026b31 7a026b32 82010131 8201046e756c6c';

  test('the first event of a task, by the Java client', () => {
    const report = decodeReport(bytes(first));

    expect(report).toMatchObject({
      taskId: '00000000075bcd15',
      eventId: 'd89561b687df0f5f',
      parentEventIds: [],
      host: 'vm',
      processId: 17064,
      processName: 'XtDemo',
      threadId: 1,
      threadName: 'main',
      agent: 'XtDemo',
      label: 'start 1 of 2',
      fields: [
        ['k1', '1'],
        ['k2', 'null'],
      ],
    });
    // Milliseconds on the wire, microseconds here.
    expect(report.timestamp % 1000).toBe(0);
    expect(new Date(report.timestamp / 1000).getFullYear()).toBeGreaterThan(2020);
  });

  test('an event with two parents', () => {
    const start = bytes(
      '0915cd5b0700000000 114ae4f611097a668d 190995ec4e71cba2f9 191cf350e51366d674',
    );

    expect(decodeReport(start)).toMatchObject({
      eventId: '8d667a0911f6e44a',
      parentEventIds: ['f9a2cb714eec9509', '74d66613e550f31c'],
      label: '',
    });
  });

  test('tags', () => {
    const start = '0915cd5b0700000000 114ae4f611097a668d';
    const tags = '8a01 04 64656d6f 8a01 09 6a6176612070656572';

    expect(decodeReport(bytes(start + tags)).tags).toEqual(['demo', 'java peer']);
  });
});

describe('what is written', () => {
  const report: Report = {
    taskId: '000000000000000000000000075bcd15',
    eventId: 'd89561b687df0f5f',
    parentEventIds: ['f9a2cb714eec9509', '74d66613e550f31c'],
    timestamp: 1_700_000_000_000_000,
    label: 'x',
  };

  test('ids are eight bytes, little-endian; parents are not packed', () => {
    expect(
      hex(encodeReport(report)).startsWith(
        '0915cd5b0700000000115f0fdf87b66195d8190995ec4e71cba2f9191cf350e51366d674',
      ),
    ).toBe(true);
  });

  test('a root has the parent 0', () => {
    const root = encodeReport({ ...report, parentEventIds: [] });

    expect(hex(root)).toContain('190000000000000000');
    expect(decodeReport(root).parentEventIds).toEqual([]);
  });

  test('parents that were packed are read', () => {
    const packed = '0915cd5b0700000000 115f0fdf87b66195d8 1a10 0995ec4e71cba2f9 1cf350e51366d674';

    expect(decodeReport(bytes(packed)).parentEventIds).toEqual(report.parentEventIds);
  });

  test('everything that is written is read again', () => {
    fc.assert(
      fc.property(reports(id64), (given) => {
        expect(decodeReport(encodeReport(given))).toEqual(given);
      }),
      { seed: 6, numRuns: 300 },
    );
    const wide = fc.tuple(id64, id64).filter(([high]) => !/^0+$/.test(high));
    fc.assert(
      fc.property(reports(wide.map(([high, low]) => high + low)), (given) => {
        expect(decodeReport(encodeReport(given))).toEqual(given);
      }),
      { seed: 10, numRuns: 100 },
    );
  });

  test('byte for byte what the protobuf library writes', () => {
    const taskIds = fc.oneof(
      id64,
      fc.tuple(id64, id64).map(([high, low]) => high + low),
    );
    fc.assert(
      fc.property(reports(taskIds), (given) => {
        expect(hex(encodeReport(given))).toBe(hex(byTheLibrary(given)));
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  test('what the protobuf library reads, is read alike', () => {
    fc.assert(
      fc.property(
        reports(id64),
        fc.nat(1000),
        fc.uint8Array({ maxLength: 9 }),
        (given, at, noise) => {
          const written = encodeReport(given);
          const cut = at % written.length;
          // Bytes in the middle make other fields, wire types and lengths of it.
          const changed = Buffer.concat([written.subarray(0, cut), noise, written.subarray(cut)]);
          const ours = readOrError(() => decodeReport(changed));
          const theirs = readOrError(() => schema.lookupType('XTraceReportv4').decode(changed));
          if (ours === undefined) return;
          expect(theirs).toBeDefined();
          const { host = '', label = '' } = theirs as { host?: string; label?: string };
          expect([ours.host ?? '', ours.label]).toEqual([host, label]);
        },
      ),
      { seed: 11, numRuns: 1000 },
    );
  });

  test('a batch has each report after its length', () => {
    fc.assert(
      fc.property(fc.array(reports(id64), { maxLength: 20 }), fc.nat(5), (given, power) => {
        const sent = [...given, { ...report, label: 'x'.repeat(10 ** power) }];
        const batch = encodeBatch(sent);
        const read: Report[] = [];
        eachReport(batch, (start, end) => read.push(decodeReport(batch.subarray(start, end))));

        expect(read).toEqual([...given, { ...sent.at(-1)!, taskId: report.taskId.slice(16) }]);
        expect(batchOf(sent.map((one) => encodeReport(one)))).toEqual(batch);
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  test('a report that cannot be written leaves nothing for the next ones', () => {
    const broken = { ...report, parentEventIds: undefined as never };
    expect(() => encodeBatch([report, broken])).toThrow(TypeError);
    expect(encodeBatch([report])).toEqual(batchOf([encodeReport(report)]));
  });

  test('many reports are as many messages, however long they are', () => {
    fc.assert(
      fc.property(fc.array(reports(id64), { maxLength: 40 }), fc.nat(4), (given, power) => {
        const label = 'x'.repeat(10 ** (power + 2));
        const sent = [...given, { ...report, label }, ...given];
        const messages = [...new MessageReader().read(pubsubWire.frame(encodeBatch(sent), 1))];

        expect(messages.every(({ topic }) => topic.toString() === 'xtrace')).toBe(true);
        expect(messages.map(({ message }) => hex(message))).toEqual(
          sent.map((one) => hex(encodeReport(one))),
        );
      }),
      { seed: 9, numRuns: 50 },
    );
  });
});

function readOrError<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const id64 = fc
  .bigInt({ min: 0n, max: (1n << 64n) - 1n })
  .map((n) => n.toString(16).padStart(16, '0'));

const decimal = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

function reports(taskId: fc.Arbitrary<string>): fc.Arbitrary<Report> {
  const parent = id64.filter((id) => !/^0+$/.test(id));
  const word = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 100 }));
  return fc.record(
    {
      taskId,
      eventId: id64,
      parentEventIds: fc.array(parent, { maxLength: 5 }),
      timestamp: fc.maxSafeInteger(),
      label: word,
      host: word,
      processId: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      processName: word,
      threadId: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      threadName: word,
      agent: word,
      source: word,
      fields: fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 4 }),
      tags: fc.array(word, { minLength: 1, maxLength: 3 }),
      hrt: decimal,
      cycles: decimal,
      tenantClass: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    },
    { requiredKeys: ['taskId', 'eventId', 'parentEventIds', 'timestamp', 'label'] },
  );
}

const schema = protobuf.parse(`
  syntax = "proto2";
  message XTraceReportv4 {
    optional sfixed64 task_id = 1;
    optional sfixed64 event_id = 2;
    repeated sfixed64 parent_event_id = 3 [packed = false];
    optional int64 timestamp = 4;
    optional int64 hrt = 5;
    optional int64 cycles = 6;
    optional string host = 7;
    optional int32 process_id = 8;
    optional string process_name = 9;
    optional int32 thread_id = 10;
    optional string thread_name = 11;
    optional string agent = 12;
    optional string source = 13;
    optional string label = 14;
    repeated string key = 15;
    repeated string value = 16;
    repeated string tags = 17;
    optional int32 tenant_class = 18;
    optional sfixed64 task_id_high = 100;
    optional int64 in_microseconds = 101;
  }`).root;

function byTheLibrary({ fields, ...report }: Report): Uint8Array {
  const message = schema.lookupType('XTraceReportv4');
  const parents = report.parentEventIds.length > 0 ? report.parentEventIds : ['0'];
  const given = {
    ...report,
    taskId: long(report.taskId.slice(-16)),
    eventId: long(report.eventId),
    parentEventId: parents.map(long),
    key: fields?.map(([key]) => key),
    value: fields?.map(([, value]) => value),
    ...(report.hrt !== undefined && { hrt: longOf(BigInt(report.hrt)) }),
    ...(report.cycles !== undefined && { cycles: longOf(BigInt(report.cycles)) }),
    ...(Math.abs(report.timestamp) < 1e14 && { inMicroseconds: 1 }),
    ...(/^0*$/.test(report.taskId.slice(0, -16))
      ? {}
      : { taskIdHigh: long(report.taskId.slice(0, -16)) }),
  };
  return message.encode(given).finish();
}

interface Long {
  low: number;
  high: number;
  unsigned: boolean;
}

function long(id: string): Long {
  return longOf(BigInt.asIntN(64, BigInt(`0x${id}`)));
}

function longOf(bits: bigint): Long {
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(bits >> 32n), unsigned: false };
}

describe('what cannot be read', () => {
  test('a report without ids says what is missing', () => {
    expect(() => decodeReport(new Uint8Array())).toThrow(/neither/);
    expect(() => decodeReport(bytes('0915cd5b0700000000'))).toThrow(/only task_id/);
    expect(() => decodeReport(bytes('1115cd5b0700000000'))).toThrow(/only event_id/);
  });

  test('arbitrary bytes are read or refused with an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          expect(typeof decodeReport(noise).taskId).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
