import { encodeReport } from '@throughline/runtime/report';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportTask } from '../../collector/src/exports/formats';
import { openEventFiles } from '../../collector/src/query/event-file-queries';
import type { EventFileQueries } from '../../collector/src/query/event-file-queries';
import { batchOf, countReports, cutBatch } from '../../collector/src/reports/batch';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { PAPER_EVENTS, PAPER_TASK } from '../harness/paper';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';

// Files of other tools, as `--file`, `open` and `import` read them.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
function opened(contents: string | Uint8Array): Promise<EventFileQueries> {
  const file = join(folder, 'file');
  writeFileSync(file, contents);
  return openEventFiles(file);
}

describe('the original X-Trace server', () => {
  const TASK: TraceEvent[] = [
    event(1, 1, [], {
      ...{ label: 'start', host: 'h', processName: 'p', processId: 7, threadId: 8 },
      ...{ threadName: 'main', agent: 'Cart', source: 'Cart.java:12', tags: ['a', 'b,c'] },
      ...{ hrt: '1400000000000000001', cycles: '-9223372036854775808', tenantClass: 3 },
      fields: [['items', '3']],
    }),
    event(1, 0xffff_ffff, [1], { label: 'end', fields: [['Label', 'none of ours']] }),
  ];

  test('what is exported as a report file is read again', async () => {
    const bytes = exportTask(TASK, 'xtrace');
    const { problems, task } = await opened(bytes);

    expect(problems).toEqual([]);
    expect(await task(id(1))).toEqual(TASK);
    expect(await (await opened(exportTask(PAPER_EVENTS, 'xtrace'))).task(PAPER_TASK)).toEqual(
      PAPER_EVENTS,
    );
  });

  test('a report file of the Java server is read', async () => {
    // Captured from the Java client: `log("start {} of {}", 1, 2, "k1", "v1", "k2", null)` in task 075bcd15, the first event.
    const report = Buffer.from(
      '0915cd5b0700000000115f0fdf87b66195d819000000000000000020a8a1f1baa0342891c3a9a4bd203a02766d' +
        '40a885014a06587444656d6f50015a046d61696e6206587444656d6f720c7374617274203120' +
        '6f6620327a026b317a026b3282010276318201046e756c6c',
      'hex',
    );
    const { task } = await opened(batchOf([report, report]));

    expect(await task('075bcd15'.padStart(16, '0'))).toEqual([
      expect.objectContaining({
        ...{ label: 'start 1 of 2', processName: 'XtDemo', threadName: 'main', host: 'vm' },
        fields: [
          ['k1', 'v1'],
          ['k2', 'null'],
        ],
        parentEventIds: [],
      }),
    ]);
  });

  test('its JSON is read as our collector writes it', async () => {
    const collector = await startTestCollector();
    try {
      await collector.addEvents(TASK);
      const { text } = await ask(collector, `/interactive/reports/${id(1)}`);
      const { problems, task } = await opened(text);

      expect(problems).toEqual([]);
      const [first, second] = await task(id(1));
      expect(first).toEqual(TASK[0]);
      // A field cannot replace a member of a report, so the collector has left that one out.
      expect(second).toMatchObject({ label: 'end', parentEventIds: [id(1)] });
    } finally {
      await collector.close();
    }
  });

  test('ids are decimals with a sign, and reports without are told', async () => {
    const reports = [
      { TaskID: id(5), EventID: '-1', ParentEventID: ['0', '9223372036854775807'], Label: 'a' },
      { TaskID: id(5), EventID: '0', Label: 'b' },
      { TaskID: 'x', EventID: '1' },
      null,
    ];
    const { problems, task } = await opened(JSON.stringify([{ id: id(5), reports }]));

    expect(await task(id(5))).toEqual([
      expect.objectContaining({
        eventId: 'f'.repeat(16),
        parentEventIds: ['7fffffffffffffff'],
        timestamp: 0,
      }),
    ]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^2 of the spans, .*TL_EVENT_INVALID/s),
    ]);
  });
});

test.each([
  ['milliseconds, as the original has them', 1_484_128_200_000, 1_484_128_200_000_000],
  ['microseconds, as our collector answers', 1_484_128_200_000_001, 1_484_128_200_000_001],
  ['nothing', undefined, 0],
])('times of the original’s JSON are %s', async (_, Timestamp, expected) => {
  const reports = [
    { TaskID: id(6), EventID: '1', Timestamp, HRT: 'abc', Cycles: null, ThreadID: {} },
  ];
  const { task } = await opened(JSON.stringify([{ id: id(6), reports }]));

  expect(await task(id(6))).toEqual([
    expect.objectContaining({ timestamp: expected, eventId: id(1) }),
  ]);
  expect(Object.keys((await task(id(6)))[0]!)).not.toContain('hrt');
});

test('in OTLP, null stands for what is not there', async () => {
  const span = {
    ...{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'GET', startTimeUnixNano: '1000' },
    ...{ attributes: null, events: [null], status: null, parentSpanId: null },
  };
  const { problems, task } = await opened(
    JSON.stringify({
      resourceSpans: [{ resource: null, scopeSpans: [{ scope: null, spans: [span] }] }, null],
    }),
  );

  expect(problems).toEqual([]);
  expect(await task('ab'.repeat(16))).toEqual([expect.objectContaining({ label: 'GET' })]);
});

test('a document of another shape inside is told with the file', async () => {
  await expect(opened('{"resourceSpans":{"no":"list"}}')).rejects.toMatchObject({
    code: 'TL_EVENTS_UNREADABLE',
  });
});

describe('Zipkin', () => {
  const TRACE = '000000000000000000000000000000aa';
  const web = { serviceName: 'web' };
  const shop = { serviceName: 'shop', ipv4: '192.0.2.2', port: 80 };
  /** A page that asks a shop, whose server goes on with the client's id, as zipkin-js has it. */
  const SPANS = [
    { traceId: 'aa'.padStart(16, '0'), id: id(1), name: 'page', timestamp: 1000, duration: 900 },
    {
      ...{
        traceId: 'aa'.padStart(16, '0'),
        parentId: id(1),
        id: id(2),
        kind: 'CLIENT',
        name: 'get',
      },
      ...{
        timestamp: 1100,
        duration: 700,
        localEndpoint: web,
        remoteEndpoint: { serviceName: 'shop' },
      },
      tags: { 'http.path': '/carts', 'http.status_code': '500', error: '500' },
    },
    {
      ...{
        traceId: 'aa'.padStart(16, '0'),
        parentId: id(1),
        id: id(2),
        kind: 'SERVER',
        name: 'get',
      },
      ...{ timestamp: 1200, duration: 400, localEndpoint: shop, shared: true },
      annotations: [{ timestamp: 1250, value: 'cart locked' }],
    },
    {
      ...{ traceId: 'aa'.padStart(16, '0'), parentId: id(2), id: id(3), name: 'load cart' },
      ...{ timestamp: 1300, localEndpoint: shop },
    },
  ];

  test('spans are operations, and a server that shares the client’s id is one below it', async () => {
    const { problems, task } = await opened(JSON.stringify(SPANS));
    const events = await task(TRACE);
    const labelOf = (one: string): string => events.find(({ eventId }) => eventId === one)!.label;
    const lines = events.map(
      ({ label, processName, parentEventIds }) =>
        `${label} (${processName ?? ''}) <- ${parentEventIds.map(labelOf).join()}`,
    );

    expect(problems).toEqual([]);
    expect(lines).toEqual([
      'page () <- ',
      'get (web) <- page',
      'get (shop) <- get',
      'cart locked (shop) <- get',
      'load cart (shop) <- get',
      'get ended (shop) <- cart locked',
      'get 500 (web) <- get',
      'page ended () <- page',
    ]);
    const server = events.find((one) => one.label === 'get' && one.processName === 'shop')!;
    expect(server.eventId).toBe('fffffffffffffffd');
    expect(events.find(({ label }) => label === 'load cart')!.parentEventIds).toEqual([
      server.eventId,
    ]);
    expect(events.find(({ label }) => label === 'get 500')!.fields).toEqual(
      expect.arrayContaining([
        ['status', 'error'],
        ['error.message', '500'],
      ]),
    );
  });

  test.each<[string, object]>([
    ['without ids', {}],
    ['with ids that are none', { traceId: 'x', id: 'y' }],
    ['with parts of other types', { traceId: 'aa', id: 5, tags: 7, annotations: 'no' }],
  ])('a span %s is told, and the others are read', async (_, broken) => {
    const { problems, task } = await opened(JSON.stringify([SPANS[0], broken]));

    expect(problems).toHaveLength(1);
    expect(await task(TRACE)).toHaveLength(2);
  });

  test('lists one a line are read as one, wherever the other side of a span is', async () => {
    const [page, client, server, load] = SPANS;
    const { task } = await opened(
      `${JSON.stringify([load])}\n${JSON.stringify([server, client])}\n${JSON.stringify([page])}\n`,
    );
    const events = await task(TRACE);

    expect(events.find(({ label }) => label === 'load cart')!.parentEventIds).toEqual([
      'fffffffffffffffd',
    ]);
  });

  test('many annotations, and null for what is not there', async () => {
    const annotations = Array.from({ length: 200_000 }, (_, i) => ({
      timestamp: 5000 - (i % 99),
      value: 'a',
    }));
    const span = {
      traceId: TRACE,
      id: id(8),
      name: 'many',
      duration: null,
      annotations: [...annotations, null],
    };
    const { task } = await opened(JSON.stringify([span]));
    const events = await task(TRACE);

    expect(events).toHaveLength(200_001);
    expect(events.find(({ eventId }) => eventId === id(8))!.timestamp).toBe(4902);
  });

  test('a collector takes them where reporters of Zipkin send them', async () => {
    const collector = await startTestCollector();
    try {
      const send = (body: string) =>
        ask(collector, '/api/v2/spans', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
      expect((await send(JSON.stringify(SPANS))).status).toBe(200);
      expect((await send('[{"traceId":')).status).toBe(400);
      expect((await send('{"no":"list"}')).status).toBe(400);
      const { body } = await ask<{ events: object[] }>(collector, `/api/tasks/${TRACE}`);
      expect(body.events).toHaveLength(8);
    } finally {
      await collector.close();
    }
  });
});

test.each([
  ['an empty file', ''],
  ['an empty list', '[]'],
  ['JSON of something else', '{"name":"app"}'],
  ['bytes', Uint8Array.of(3, 1, 2, 3)],
])('%s has no events, and does not fail', async (_, contents) => {
  const { tasks } = await opened(contents);

  expect((await tasks({ offset: 0, limit: 9 })).total).toBe(0);
});

test('a batch is cut between reports', () => {
  const reports = [1, 2, 3, 4].map((number) => encodeReport(event(1, number)));
  const batch = batchOf(reports);
  const size = batch.length / 4;

  for (const [most, counts] of [
    ...([
      [size * 2, [2, 2]],
      [size * 3, [3, 1]],
      [1, [1, 1, 1, 1]],
      [size * 9, [4]],
    ] as const),
  ]) {
    const parts = cutBatch(batch, most);
    expect(parts.map((part) => countReports(part).count)).toEqual(counts);
    expect(Buffer.concat(parts)).toEqual(Buffer.from(batch));
  }
  expect(cutBatch(new Uint8Array(), 10)).toEqual([]);
});
