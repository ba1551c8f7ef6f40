import fc from 'fast-check';
import type { Report } from '@throughline/runtime/report';
import { encodeRequest } from '../../runtime/src/otlp/protobuf';
import { SpanWriter } from '../../runtime/src/otlp/span-writer';
import { decoded } from '../harness/otlp-receiver';

const TASK = '0af7651916cd43dd8448eb211c80319c';
const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;

type Fields = Readonly<Record<string, string>>;

function event(eventId: string, parents: string, label: string, at = 0, more: Fields = {}): Report {
  return {
    ...{ taskId: TASK, eventId: idOf(eventId), label, timestamp: START + at },
    parentEventIds: parents.split(' ').filter(Boolean).map(idOf),
    fields: Object.entries(more),
  };
}

const idOf = (name: string): string => Buffer.from(name.padEnd(8)).toString('hex');
const begin = (id: string, parents: string, label: string, kind: string, at = 0): Report =>
  event(id, parents, label, at, { operation: idOf(id), phase: 'begin', kind });
const end = (id: string, of: string, parents: string, label: string, more: Fields = {}): Report =>
  event(id, parents, label, 10, { operation: idOf(of), phase: 'end', status: 'ok', ...more });

function written(...reports: readonly Report[]) {
  const writer = new SpanWriter('shop.js');
  writer.addAll(reports);
  return writer.take(Infinity);
}

test('an operation is a span in the span that was sent, and events are records in the spans around them', () => {
  const { spans, records } = written(
    begin('get', 'client', 'GET /carts/17', 'server'),
    event('log', 'get', 'cart loaded', 1, { 'log.level': 'warn', items: '3' }),
    begin('query', 'log', 'SELECT carts', 'client', 2),
    end('queried', 'query', 'query', 'SELECT carts ended'),
    event('after', 'queried', 'priced', 20),
    end('got', 'get', 'after', 'GET /carts/:id 500', {
      ...{ status: 'error', 'error.message': 'no total', 'http.response.status_code': '500' },
    }),
  );

  expect(spans.map(({ name, spanId, parentSpanId }) => [name, spanId, parentSpanId])).toEqual([
    ['SELECT carts', idOf('query'), idOf('get')],
    ['GET /carts/:id', idOf('get'), idOf('client')],
  ]);
  expect(spans[1]).toMatchObject({
    ...{ traceId: TASK, kind: 2, status: { code: 2, message: 'no total' }, links: [] },
    ...{ startTimeUnixNano: `${START}000`, endTimeUnixNano: `${START + 10}000` },
    attributes: [{ key: 'http.response.status_code', value: { intValue: '500' } }],
  });
  expect(records.map(({ eventName, spanId }) => [eventName, spanId])).toEqual([
    ['cart loaded', idOf('get')],
    ['priced', idOf('get')],
  ]);
  expect(records[0]).toMatchObject({ severityText: 'WARN', severityNumber: 13 });
});

test('other parents, and events of other tasks, are links', () => {
  const other = 'f'.repeat(32);
  const { spans } = written(
    begin('get', '', 'GET /', 'server'),
    begin('a', 'get', 'a', 'client'),
    begin('b', 'get', 'b', 'client'),
    event('inb', 'b', 'inside'),
    { ...begin('both', 'a b', 'both', 'internal') },
    {
      ...begin('c', 'get', 'c', 'internal'),
      fields: [
        ...([
          ['operation', idOf('c')],
          ['phase', 'begin'],
          ['kind', 'internal'],
        ] as const),
        ['link', `${other}/${idOf('far')}`],
      ],
    },
    begin('d', 'a inb', 'd', 'internal'),
    ...['both', 'c', 'd'].map((id) => end(`${id}!`, id, id, `${id} ended`)),
  );

  expect(
    spans
      .filter(({ name }) => name.length < 5 && name !== 'shop.js')
      .map(({ name, links }) => [
        name,
        links.map(({ traceId, spanId, attributes }) => [
          traceId === TASK ? 'this' : traceId,
          spanId,
          attributes[0]?.value,
        ]),
      ]),
  ).toEqual([
    ['both', [['this', idOf('b'), { stringValue: 'join' }]]],
    ['c', [[other, idOf('far'), { stringValue: 'link' }]]],
    ['d', [['this', idOf('b'), { stringValue: 'join' }]]],
  ]);
});

test('what came before, side by side, is linked by what it has ended', () => {
  const { spans } = written(
    begin('get', '', 'GET /', 'server'),
    begin('a', 'get', 'a', 'client'),
    begin('b', 'get', 'b', 'client'),
    end('enda', 'a', 'a', 'a ended'),
    end('endb', 'b', 'b', 'b ended'),
    begin('next', 'enda endb', 'next', 'client'),
    end('endn', 'next', 'next', 'next ended'),
  );
  const next = spans.find(({ name }) => name === 'next')!;

  expect(next.parentSpanId).toBe(idOf('get'));
  expect(next.links.map(({ spanId }) => spanId)).toEqual([idOf('a'), idOf('b')]);
});

test('what is logged before the head of an answer that it comes after is in the span of the request', () => {
  const { spans, records } = written(
    begin('get', '', 'GET /', 'server'),
    event('log', 'head', 'streaming'),
    begin('ask', 'log', 'GET other/', 'client'),
    event('head', 'get', 'GET / answers', 1, { operation: idOf('get') }),
    end('asked', 'ask', 'ask', 'GET other/ 200'),
  );

  expect(records.map(({ spanId }) => spanId)).toEqual([idOf('get'), idOf('get')]);
  expect(spans[0]!.parentSpanId).toBe(idOf('get'));
});

test('what happens outside of operations is in one span of the process for each task, until it is quiet', () => {
  const writer = new SpanWriter('shop.js');
  writer.addAll([
    event('one', '', 'started'),
    begin('get', 'one', 'GET shop/prices', 'client', 5),
    end('got', 'get', 'get', 'GET shop/prices 200'),
    event('two', 'got', 'ready', 30),
  ]);
  const early = writer.take(START + 4 * SECOND);
  const late = writer.take(START + 6 * SECOND);
  writer.addAll([event('three', 'two', 'later', 8 * SECOND)]);

  expect(early.spans.map(({ name }) => name)).toEqual(['GET shop/prices']);
  const [part] = late.spans;
  expect(part).toMatchObject({
    ...{ name: 'shop.js', startTimeUnixNano: `${START}000`, endTimeUnixNano: `${START + 30}000` },
  });
  expect(early.spans[0]!.parentSpanId).toBe(part!.spanId);
  expect(early.records.map(({ spanId }) => spanId)).toEqual([part!.spanId, part!.spanId]);
  const last = writer.take(Infinity);
  expect(last.spans).toHaveLength(1);
  expect(last.spans[0]!.spanId).not.toBe(part!.spanId);
});

test('operations that never end take bounded memory, and are said not to have ended', () => {
  const writer = new SpanWriter('shop.js');
  writer.addAll(Array.from({ length: 10_050 }, (_, i) => begin(`o${i}`, '', 'hangs', 'server')));
  const { spans } = writer.take(0);

  expect(spans).toHaveLength(50);
  expect(spans[0]!.attributes).toContainEqual({
    ...{ key: 'throughline.ended', value: { stringValue: 'false' } },
  });
});

test('64-bit ids of tasks are filled up, and the lines of the source are attributes', () => {
  const { spans, records } = written(
    { ...begin('get', '', 'GET /', 'server'), taskId: '1234567890abcdef', source: 'src/a.js:12' },
    { ...event('x', 'get', 'x'), taskId: '1234567890abcdef', source: 'odd' },
    end('got', 'get', 'get', 'GET / 200'),
  );

  expect(spans[0]!.traceId).toBe('00000000000000001234567890abcdef');
  expect(spans[0]!.attributes).toEqual([
    { key: 'code.file.path', value: { stringValue: 'src/a.js' } },
    { key: 'code.line.number', value: { intValue: '12' } },
  ]);
  expect(records[0]!.traceId).toBe(spans[0]!.traceId);
});

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const nanos = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
const attributes = fc.array(
  fc.record({
    key: fc.string({ minLength: 1 }),
    value: fc.oneof(
      fc.record({ stringValue: fc.string({ minLength: 1, unit: 'grapheme' }) }),
      fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);
const span = fc.record({
  ...{ traceId: hex(32), spanId: hex(16), parentSpanId: hex(16), attributes },
  name: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
  kind: fc.integer({ min: 1, max: 5 }),
  ...{ startTimeUnixNano: nanos, endTimeUnixNano: nanos },
  links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }), {
    ...{ minLength: 1, maxLength: 3 },
  }),
  status: fc.record({ message: fc.string({ minLength: 1 }), code: fc.constant(2) }),
});

test('protobuf is what a reader of others makes the same of', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), attributes, (spans, own) => {
      const request = {
        resourceSpans: [
          { resource: { attributes: own }, scopeSpans: [{ scope: { name: 'x' }, spans }] },
        ],
      };
      expect(decoded('Traces', encodeRequest('traces', request))).toEqual(request);
    }),
  );
});
