import fc from 'fast-check';
import {
  encodeMessage,
  MessageTooLongError,
  MessageReader,
} from '../../collector/src/ingest/pubsub-messages';

test('a message is two frames, each with its length in four bytes', () => {
  expect(encodeMessage('t1', Buffer.from('hello')).toString('hex')).toBe(
    '0000000274310000000568656c6c6f',
  );
  expect(encodeMessage('', new Uint8Array()).toString('hex')).toBe('0000000000000000');
  expect(encodeMessage('é', new Uint8Array()).toString('hex')).toBe('00000002c3a900000000');
});

test('messages are read whole, however the stream is cut', () => {
  const message = fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 60 }));
  const streams = fc.tuple(
    fc.array(message, { maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 }),
  );
  fc.assert(
    fc.property(streams, ([messages, cuts]) => {
      const stream = Buffer.concat(messages.map(([topic, bytes]) => encodeMessage(topic, bytes)));
      const reader = new MessageReader();
      const found: string[] = [];
      let at = 0;
      for (let i = 0; at < stream.length; i++) {
        // Zero now and then, or a list of zeros would never end.
        const size = i % 3 === 0 ? Math.max(1, cuts[i % cuts.length]!) : cuts[i % cuts.length]!;
        const chunk = Buffer.from(stream.subarray(at, at + size));
        at += size;
        const whole = [...reader.read(chunk)];
        // The chunk is the socket's; what was read has to stay as it is.
        chunk.fill(0xff);
        for (const { topic, message: body } of whole) {
          found.push(`${topic.toString('hex')} ${body.toString('hex')}`);
        }
      }

      expect(found).toEqual(
        messages.map(
          ([topic, bytes]) =>
            `${Buffer.from(topic).toString('hex')} ${Buffer.from(bytes).toString('hex')}`,
        ),
      );
      expect(reader.unread).toBe(0);
    }),
    { seed: 8, numRuns: 300 },
  );
});

test('a length that is too large, or negative, ends the stream', () => {
  const read = (hex: string, max?: number): unknown[] => [
    ...new MessageReader(max).read(Buffer.from(hex, 'hex')),
  ];

  expect(() => read('ffffffff')).toThrow(MessageTooLongError);
  expect(() => read('ffffffff')).toThrow(/length -1 exceeds/);
  expect(() => read('7fffffff')).toThrow(MessageTooLongError);
  expect(() => read('0000000100', 0)).toThrow(MessageTooLongError);
  expect(() => read('000000015fffffffff')).toThrow(MessageTooLongError);
  expect(read('000000015f00000002')).toEqual([]);
});

test('messages ahead of a length that is too large are read', () => {
  const good = encodeMessage('t', Buffer.from('ok'));
  const found: string[] = [];
  expect(() => {
    const reader = new MessageReader();
    for (const { message } of reader.read(Buffer.concat([good, Buffer.alloc(4, 0xff)]))) {
      found.push(message.toString());
    }
  }).toThrow(MessageTooLongError);

  expect(found).toEqual(['ok']);
});
