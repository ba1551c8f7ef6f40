import fc from 'fast-check';
import {
  decodeControl,
  decodeReport,
  encodeControl,
  encodeReport,
  MessageReader,
} from '@throughline/runtime/report';
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
    const id = fc
      .bigInt({ min: 1n, max: (1n << 64n) - 1n })
      .map((n) => n.toString(16).padStart(16, '0'));
    const word = fc.string({ unit: 'grapheme' });
    const reports: fc.Arbitrary<Report> = fc.record(
      {
        taskId: id,
        eventId: id,
        parentEventIds: fc.array(id, { maxLength: 5 }),
        timestamp: fc.integer({ min: 1e14, max: Number.MAX_SAFE_INTEGER }),
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
      },
      { requiredKeys: ['taskId', 'eventId', 'parentEventIds', 'timestamp', 'label'] },
    );
    fc.assert(
      fc.property(reports, (given) => {
        expect(decodeReport(encodeReport(given))).toEqual(given);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

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
