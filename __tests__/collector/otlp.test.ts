import { Client, credentials, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { startCollector } from '@throughline/collector';
import type { Collector } from '@throughline/collector';
import type { Report } from '@throughline/runtime/report';
import { decodeMessage } from '../../collector/src/otlp/decode';
import { logsRequest, tracesRequest } from '../../collector/src/otlp/schema';
import { tracesToReports } from '../../collector/src/otlp/to-reports';
import { proto } from '../harness/otlp-proto';
import { ask, startTestCollector } from '../harness/test-collector';

const TRACE = '5b8efff798038103d269b633813fc60c';
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const nanos = (ms: number): string => String(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n);
const RESOURCE = {
  attributes: [
    text('service.name', 'shop'),
    text('host.name', 'alpha'),
    { key: 'process.pid', value: { intValue: '12' } },
  ],
};
const span = (spanId: string, name: string, start: number, end: number, more = {}): object => ({
  ...{ traceId: TRACE, spanId, name, kind: 1 },
  ...{ startTimeUnixNano: nanos(start), endTimeUnixNano: nanos(end) },
  ...more,
});
const tracesOf = (...spans: object[]): object => ({
  resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: { name: 'http' }, spans }] }],
});
const TRACES = tracesOf(
  span('eee19b7ec3c1b174', 'GET /carts/:id', 0, 30, {
    kind: 2,
    attributes: [
      text('http.request.method', 'GET'),
      { key: 'http.response.status_code', value: { intValue: '500' } },
    ],
    status: { code: 2 },
    events: [
      {
        ...{ timeUnixNano: nanos(20), name: 'exception' },
        attributes: [text('exception.type', 'TypeError'), text('exception.message', 'no total')],
      },
    ],
  }),
  span('aaa19b7ec3c1b174', 'SELECT carts', 1, 11, { kind: 3, parentSpanId: 'eee19b7ec3c1b174' }),
  span('bbb19b7ec3c1b174', 'sum', 12, 13, {
    parentSpanId: 'eee19b7ec3c1b174',
    links: [
      { traceId: TRACE, spanId: 'aaa19b7ec3c1b174' },
      { traceId: 'f'.repeat(32), spanId: 'ccc19b7ec3c1b174' },
    ],
  }),
);

let collector: Collector;
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(() => collector.close());

function post(
  path: string,
  body: Uint8Array | string,
  headers: object = {},
): ReturnType<typeof ask> {
  return ask({ url: collector.otlpUrl }, path, {
    method: 'POST',
    body: body as never,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
async function eventsOf(trace = TRACE): Promise<Report[]> {
  return (await ask<{ events: Report[] }>(collector, `/api/tasks/${trace}`)).body.events;
}
const field = ({ fields }: Report, name: string): string | undefined =>
  fields?.find(([key]) => key === name)?.[1];

/** Encodes what is in JSON's form by the library: ids are bytes there. */
function encoded(type: 'Traces' | 'Logs', message: object): Uint8Array {
  const withBytes = JSON.parse(JSON.stringify(message), (key, value: unknown) =>
    /^(?:trace|span|parentSpan)Id$/.test(key)
      ? Buffer.from(value as string, 'hex').toString('base64')
      : value,
  ) as object;
  const found = proto.lookupType(type);
  return found.encode(found.fromObject(withBytes)).finish();
}

const forms: [string, () => [Uint8Array | string, object]][] = [
  ['JSON', () => [JSON.stringify(TRACES), {}]],
  ['protobuf', () => [encoded('Traces', TRACES), { 'content-type': 'application/x-protobuf' }]],
  ['JSON and gzip', () => [gzipSync(JSON.stringify(TRACES)), { 'content-encoding': 'gzip' }]],
];
test.each(forms)('spans in %s are operations, and their links are joins', async (_, form) => {
  const [body, headers] = form();
  expect((await post('/v1/traces', body, headers)).status).toBe(200);
  const events = await eventsOf();

  const [root, query, select, sum] = events as [Report, Report, Report, Report];
  expect(root).toMatchObject({
    ...{ taskId: TRACE, eventId: 'eee19b7ec3c1b174', parentEventIds: [], label: 'GET /carts/:id' },
    ...{ timestamp: 1_700_000_000_000_000, host: 'alpha', processName: 'shop', processId: 12 },
    agent: 'http',
  });
  expect(['phase', 'kind', 'http.request.method'].map((name) => field(root, name))).toEqual([
    ...['begin', 'server', 'GET'],
  ]);
  expect([query.label, query.parentEventIds, field(query, 'kind')]).toEqual([
    ...['SELECT carts', [root.eventId], 'client'],
  ]);
  expect([select.label, select.parentEventIds]).toEqual(['SELECT carts ended', [query.eventId]]);
  expect([sum.label, sum.parentEventIds]).toEqual(['sum', [root.eventId, query.eventId]]);
  expect(field(sum, 'link')).toBe(`${'f'.repeat(32)}/ccc19b7ec3c1b174`);
  const [exception, end] = events.slice(-2) as [Report, Report];
  expect([exception.label, exception.parentEventIds]).toEqual(['exception', [root.eventId]]);
  expect([end.label, end.parentEventIds]).toEqual(['GET /carts/:id 500', [exception.eventId]]);
  expect(
    ['operation', 'phase', 'status', 'error.type', 'error.message'].map((name) => field(end, name)),
  ).toEqual([...[root.eventId, 'end', 'error', 'TypeError', 'no total']]);
});

describe('over gRPC', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client(collector.otlpGrpcAddress!, credentials.createInsecure());
  });
  afterEach(() => client.close());
  const send = (service: string, message: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/opentelemetry.proto.collector.${service}/Export`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        message,
        (error, answer) => (error ? reject(error) : resolve(answer!)),
      );
    });

  test('spans and log records are the same as over HTTP', async () => {
    const answer = await send('trace.v1.TraceService', encoded('Traces', TRACES));
    const logs = {
      resourceLogs: [
        {
          resource: RESOURCE,
          scopeLogs: [
            {
              logRecords: [
                {
                  ...{ timeUnixNano: nanos(5), body: { stringValue: 'half' } },
                  ...{ traceId: TRACE, spanId: 'aaa19b7ec3c1b174' },
                },
              ],
            },
          ],
        },
      ],
    };
    await send('logs.v1.LogsService', encoded('Logs', logs));
    const byGrpc = await eventsOf();
    const other = await startTestCollector();
    try {
      for (const [path, body] of [
        ['/v1/traces', TRACES],
        ['/v1/logs', logs],
      ] as const) {
        await ask({ url: other.otlpUrl }, path, {
          ...{ method: 'POST', body: JSON.stringify(body) },
          headers: { 'content-type': 'application/json' },
        });
      }
      const { body } = await ask<{ events: Report[] }>(other, `/api/tasks/${TRACE}`);
      expect(byGrpc).toEqual(body.events);
    } finally {
      await other.close();
    }
    expect(answer).toHaveLength(0);
    expect(byGrpc.map(({ label }) => label)).toContain('half');
  });

  test('what is rejected is counted, metrics are answered, and nonsense is refused', async () => {
    const bad = tracesOf(span('00', 'short', 0, 1), span('eee19b7ec3c1b174', 'good', 0, 1));
    expect([...(await send('trace.v1.TraceService', encoded('Traces', bad)))]).toEqual([
      ...[0x0a, 2, 0x08, 1],
    ]);
    expect(await send('metrics.v1.MetricsService', Buffer.from([0x0a, 0]))).toHaveLength(0);
    await expect(send('trace.v1.TraceService', Buffer.from([0xff]))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    await expect(send('trace.v1.Nothing', Buffer.from([]))).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
    expect((await eventsOf()).map(({ label }) => label)).toEqual(['good', 'good ended']);
  });

  test('its port may be in use', async () => {
    const port = Number(collector.otlpGrpcAddress!.split(':').at(-1));
    const second = await startCollector({
      ...{ store: ':memory:', reportPort: 0, webPort: 0, otlpPort: 0, otlpGrpcPort: port },
    });
    await second.close();

    expect(second.otlpGrpcAddress).toBeUndefined();
  });
});

test('what is sent again is kept once', async () => {
  for (let i = 0; i < 3; i++) await post('/v1/traces', JSON.stringify(TRACES));

  expect(await eventsOf()).toHaveLength(7);
  expect(collector.counters).toMatchObject({ received: 21, kept: 7, duplicates: 14 });
});

test('log records are events of their span', async () => {
  const record = { traceId: TRACE, spanId: 'eee19b7ec3c1b174', timeUnixNano: nanos(5) };
  const logs = {
    resourceLogs: [
      {
        resource: RESOURCE,
        scopeLogs: [
          {
            logRecords: [
              {
                ...record,
                severityText: 'WARN',
                body: { stringValue: 'slow' },
                attributes: [text('n', '1')],
              },
              {
                ...record,
                body: {
                  kvlistValue: {
                    values: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '1' }] } } }],
                  },
                },
              },
              { timeUnixNano: nanos(5), body: { stringValue: 'in no trace' } },
            ],
          },
        ],
      },
    ],
  };
  const { body } = await post('/v1/logs', JSON.stringify(logs));
  const bytes = await post('/v1/logs', encoded('Logs', logs), {
    'content-type': 'application/x-protobuf',
  });

  expect(body).toEqual({ partialSuccess: { rejectedLogRecords: '1' } });
  expect(Buffer.from(bytes.text, 'latin1').toString('hex')).toBe('0a020801');
  const events = await eventsOf();
  expect(events.map(({ label }) => label).sort()).toEqual(['slow', '{"a":[1]}'].sort());
  const slow = events.find(({ label }) => label === 'slow')!;
  expect(slow).toMatchObject({ parentEventIds: [record.spanId], processName: 'shop' });
  expect(slow.fields).toEqual([
    ['level', 'WARN'],
    ['n', '1'],
  ]);
});

test('a line that is logged again is an event again, and one that is sent again is not', async () => {
  const line = (at: number): object => ({
    ...{ traceId: TRACE, observedTimeUnixNano: nanos(at), body: { stringValue: 'again' } },
  });
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [line(1), line(1), line(9)] }] }] };
  for (let i = 0; i < 2; i++) await post('/v1/logs', JSON.stringify(logs));

  expect((await eventsOf()).map(({ label }) => label)).toEqual(['again', 'again', 'again']);
  expect(collector.counters).toMatchObject({ kept: 3, duplicates: 3, conflicts: 0 });
});

test('null stands for what is not there', async () => {
  const nothing = {
    attributes: null,
    links: null,
    events: [null],
    status: null,
    parentSpanId: null,
  };
  const traces = {
    resourceSpans: [
      {
        resource: null,
        scopeSpans: [{ scope: null, spans: [span('a'.repeat(16), 'x', 0, 1, nothing)] }],
      },
    ],
  };

  expect((await post('/v1/traces', JSON.stringify(traces))).status).toBe(200);
  expect((await eventsOf()).map(({ label }) => label)).toEqual(['x', 'x ended']);
});

test('metrics are answered, and a span that has not ended is begun', async () => {
  expect(await post('/v1/metrics', JSON.stringify({ resourceMetrics: [{}] }))).toMatchObject({
    status: 200,
    body: {},
  });
  const { traceId, spanId, name, startTimeUnixNano } = span(
    'eee19b7ec3c1b174',
    'job',
    0,
    0,
  ) as Record<string, string>;
  await post('/v1/traces', JSON.stringify(tracesOf({ traceId, spanId, name, startTimeUnixNano })));

  expect((await eventsOf()).map(({ label }) => label)).toEqual(['job']);
});

test.each([
  ['JSON that is none', '{', {}],
  [
    'bytes that are no protobuf',
    Buffer.from('ffffffff', 'hex'),
    { 'content-type': 'application/x-protobuf' },
  ],
  ['bytes that are not packed', 'x', { 'content-encoding': 'gzip' }],
  [
    'more than may be unpacked',
    gzipSync(Buffer.alloc(65 * 1024 * 1024)),
    { 'content-encoding': 'gzip' },
  ],
  [
    'a million spans of nothing',
    gzipSync(
      Buffer.concat([
        Buffer.from('0a84897a1280897a', 'hex'),
        Buffer.from('1200'.repeat(1_000_000), 'hex'),
      ]),
    ),
    { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
  ],
  [
    'values in values without end',
    Buffer.from(`${'0a7f'.repeat(100)}`, 'hex'),
    { 'content-type': 'application/x-protobuf' },
  ],
])('%s is refused, and the collector goes on', async (_, body, headers) => {
  expect(await post('/v1/traces', body, headers)).toMatchObject({
    status: 400,
    body: { code: 'TL_QUERY_INVALID' },
  });
  expect((await post('/v1/traces', JSON.stringify(TRACES))).status).toBe(200);
});

test('spans with wrong ids are rejected, and take no others with them', async () => {
  const wrong = [{ traceId: 'x' }, { spanId: '0'.repeat(16) }, { traceId: undefined }];
  const spans = wrong.map((more, i) => span(`${i}`.repeat(16), 'wrong', 0, 1, more));
  const { body } = await post(
    '/v1/traces',
    JSON.stringify(tracesOf(...spans, span('a'.repeat(16), 'right', 0, 1))),
  );

  expect(body).toEqual({ partialSuccess: { rejectedSpans: '3' } });
  expect((await eventsOf()).map(({ label }) => label)).toEqual(['right', 'right ended']);
});

const values: fc.Arbitrary<object> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({
      doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((of) => of || 0),
    }),
    fc.record({
      arrayValue: fc.record({ values: fc.array(tie('value'), { minLength: 1, maxLength: 3 }) }),
    }),
  ),
})).value as never;

test('whatever the library writes is read as JSON has it', () => {
  const id = (bytes: number) =>
    fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((of) => Buffer.from(of).toString('hex'));
  const spans = fc.record({
    ...{
      traceId: id(16),
      spanId: id(8),
      name: fc.string({ minLength: 1 }),
      kind: fc.integer({ min: 1, max: 5 }),
    },
    startTimeUnixNano: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
    attributes: fc.array(fc.record({ key: fc.string({ minLength: 1 }), value: values }), {
      minLength: 1,
      maxLength: 4,
    }),
  });
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 5 }), (all) => {
      const given = { resourceSpans: [{ scopeSpans: [{ spans: all }] }] };
      expect(decodeMessage(encoded('Traces', given), tracesRequest)).toEqual(given);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('JSON of any shape is read or refused', async () => {
  const any = fc.jsonValue({ maxDepth: 3 });
  const shapes = fc.oneof(
    any,
    any.map((resourceSpans) => ({ resourceSpans })),
    any.map((one) =>
      tracesOf(span('a'.repeat(16), 'x', 0, 1, { name: one, attributes: one, events: one })),
    ),
    any.map((one) =>
      tracesOf(span('a'.repeat(16), 'x', 0, 1, { status: one, links: one, kind: one })),
    ),
    any.map((one) =>
      tracesOf(span('a'.repeat(16), 'x', 0, 1, { startTimeUnixNano: one, traceId: one })),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shapes, async (body) => {
      expect([200, 400]).toContain((await post('/v1/traces', JSON.stringify(body))).status);
    }),
    { seed: 5, numRuns: 300 },
  );
  expect((await ask(collector, '/api/tasks')).status).toBe(200);
});

test('arbitrary bytes are read or refused with an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      for (const schema of [tracesRequest, logsRequest]) {
        try {
          tracesToReports(decodeMessage(noise, schema));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});
