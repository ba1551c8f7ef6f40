import { EXPORT_FORMATS, exportTask } from '../../collector/src/exports/formats';
import type { ExportFormat } from '../../collector/src/exports/formats';
import type { PerfettoTrace } from '../../collector/src/exports/perfetto';
import type { LogsRequest, TracesRequest } from '../../collector/src/otlp/messages';
import { logsToReports, tracesToReports } from '../../collector/src/otlp/to-reports';
import { causalGraph } from '../../collector/src/graph/causal-graph';
import { readEventRecord } from '../../collector/src/files/event-record';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { event, id } from '../harness/trace-events';

const shop = { processName: 'shop', processId: 1, host: 'alpha' };
const prices = { processName: 'prices', processId: 2, host: 'beta' };
const at = (
  ms: number,
  number: number,
  parents: number[],
  label: string,
  more: Partial<TraceEvent>,
): TraceEvent => event(1, number, parents, { label, timestamp: 1e15 + ms * 1000, ...more });
const begin = (number: number, kind: string): Partial<TraceEvent> => ({
  fields: [
    ['operation', id(number)],
    ['phase', 'begin'],
    ['kind', kind],
    ['db.system.name', 'postgresql'],
  ],
});
const end = (number: number, more: [string, string][] = []): Partial<TraceEvent> => ({
  fields: [['operation', id(number)], ['phase', 'end'], ...more],
});
/** A request with two queries at once, an event that joins them, and a service that it asks; and an event beside all of it. */
const TASK: TraceEvent[] = [
  at(0, 1, [], 'GET /carts/7', { ...shop, ...begin(1, 'server') }),
  at(1, 2, [1], 'SELECT carts', { ...shop, ...begin(2, 'client'), source: 'db.ts:7' }),
  at(2, 3, [1], 'SELECT items', { ...shop, ...begin(3, 'client') }),
  at(5, 4, [2], 'SELECT carts ended', { ...shop, ...end(2) }),
  at(9, 5, [3], 'SELECT items failed', {
    ...shop,
    ...end(3, [
      ['error.type', 'Timeout'],
      ['error.message', 'too "late"'],
    ]),
  }),
  at(10, 6, [4, 5], 'both "are" there', shop),
  at(11, 7, [6], 'GET prices/all', { ...shop, ...begin(7, 'client') }),
  at(14, 8, [7], 'GET /all', { ...prices, ...begin(8, 'server') }),
  at(18, 9, [8], 'GET /all 200', { ...prices, ...end(8) }),
  at(20, 10, [7, 9], 'GET prices/all 200', { ...shop, ...end(7) }),
  at(22, 11, [10], 'GET /carts/:id', { ...shop, ...end(1) }),
  at(23, 12, [], 'beside', prices),
];

test('JSON lines are the events, which are read again', () => {
  const lines = exportTask(TASK, 'jsonl').trimEnd().split('\n');

  expect(lines.map(readEventRecord)).toEqual(TASK);
});

describe('for Perfetto', () => {
  const trace = JSON.parse(exportTask(TASK, 'perfetto')) as PerfettoTrace;
  const of = (ph: string) => trace.traceEvents.filter((one) => one.ph === ph);

  test('operations are slices, other events are instants, and processes have names', () => {
    expect(of('X').map(({ name, ts, dur, pid }) => [name, ts, dur, pid])).toEqual([
      ['GET /carts/:id', 0, 22_000, 0],
      ['SELECT carts', 1000, 4000, 0],
      ['SELECT items', 2000, 7000, 0],
      ['GET prices/all', 11_000, 9000, 0],
      ['GET /all', 14_000, 4000, 1],
    ]);
    expect(of('i').map(({ name, ts }) => [name, ts])).toEqual([
      ['both "are" there', 10_000],
      ['beside', 23_000],
    ]);
    expect(of('M').map(({ args }) => args!['name'])).toEqual(['shop alpha 1', 'prices beta 2']);
  });

  test('slices of one row are inside one another, so each format’s reader takes them', () => {
    for (const one of of('X')) {
      for (const other of of('X')) {
        if (one === other || one.pid !== other.pid || one.tid !== other.tid) continue;
        const [first, second] = one.ts! <= other.ts! ? [one, other] : [other, one];
        const firstEnd = first.ts! + first.dur!;
        const isApart = second.ts! >= firstEnd;
        const isInside = second.ts! + second.dur! <= firstEnd;
        expect(isApart || isInside).toBe(true);
      }
    }
  });

  test('each flow begins and ends once, between two rows', () => {
    const starts = new Map(of('s').map((one) => [one.id, one]));
    const ends = of('f');

    expect(ends).toHaveLength(starts.size);
    for (const one of ends) {
      const start = starts.get(one.id)!;
      expect([one.pid, one.tid]).not.toEqual([start.pid, start.tid]);
    }
    expect(ends.filter(({ pid, id: of }) => pid !== starts.get(of)!.pid)).toHaveLength(2);
  });
});

describe('as OpenTelemetry’s data', () => {
  const [traces, logs] = exportTask(TASK, 'otlp')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TracesRequest & LogsRequest);
  const spans = traces!.resourceSpans!.flatMap(({ scopeSpans }) => scopeSpans![0]!.spans!);
  const spanOf = (number: number) => spans.find(({ spanId }) => spanId === id(number))!;

  test('an operation is a span, inside of the one around it, with its error', () => {
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ...[
        ['shop', 1],
        ['GET /carts/:id', 2],
        ['SELECT carts', 3],
        ['SELECT items', 3],
      ],
      ...[
        ['GET prices/all', 3],
        ['prices', 1],
        ['GET /all', 2],
      ],
    ]);
    expect(spanOf(2)).toMatchObject({
      ...{ parentSpanId: id(1), startTimeUnixNano: '1000000000001000000' },
      ...{ endTimeUnixNano: '1000000000005000000', status: {} },
    });
    expect(spanOf(2).attributes).toContainEqual({
      ...{ key: 'code.file.path', value: { stringValue: 'db.ts:7' } },
    });
    expect(spanOf(3).status).toEqual({ code: 2, message: 'too "late"' });
    expect(spanOf(8).parentSpanId).toBe(id(7));
    // After two queries, the request goes on in what was around them.
    expect(spanOf(7).parentSpanId).toBe(id(1));
  });

  test('an operation after two that ran at once is linked to both', () => {
    const joined = [
      ...TASK.slice(0, 5),
      at(20, 20, [4, 5], 'SELECT prices', { ...shop, ...begin(20, 'client') }),
      at(21, 21, [20], 'SELECT prices ended', { ...shop, ...end(20) }),
    ];
    const [text] = exportTask(joined, 'otlp').split('\n');
    const { resourceSpans } = JSON.parse(text!) as TracesRequest;
    const made = resourceSpans!.flatMap(({ scopeSpans }) => scopeSpans![0]!.spans!);
    const { links } = made.find(({ spanId }) => spanId === id(20))!;

    expect(links!.map(({ spanId }) => spanId).sort()).toEqual([id(2), id(3)].sort());
  });

  test('events in between are log records in the span’s context', () => {
    const records = logs!.resourceLogs!.flatMap(({ scopeLogs }) => scopeLogs![0]!.logRecords!);

    expect(records.map(({ spanId, body }) => [spanId, body])).toEqual([
      [id(1), { stringValue: 'both "are" there' }],
      [spans.find(({ name }) => name === 'prices')!.spanId, { stringValue: 'beside' }],
    ]);
  });

  test('it comes back as the same operations in the same task', () => {
    const { reports, rejected } = tracesToReports(traces!);
    const { model } = causalGraph(reports);

    expect(rejected + logsToReports(logs!).rejected).toBe(0);
    expect(new Set(reports.map(({ taskId }) => taskId)).size).toBe(1);
    for (const number of [1, 2, 3, 7, 8]) {
      const again = model.indexOf(id(number));
      const before = TASK.find(({ eventId }) => eventId === id(number))!;
      expect(model.begins(again)).toBe(true);
      expect(model.time[again]).toBe(before.timestamp);
      expect(model.fieldOf(again, 'kind')).toBe(before.fields![2]![1]);
    }
  });
});

test('for Graphviz: a node for each event, in its process, and an edge for each cause', () => {
  const dot = exportTask(TASK, 'dot');

  expect(dot.match(/label="both \\"are\\" there"/g)).toHaveLength(1);
  expect(dot.match(/^ {4}e\w+ \[label=/gm)).toHaveLength(TASK.length);
  const edges = TASK.reduce((sum, { parentEventIds }) => sum + parentEventIds.length, 0);
  expect(dot.match(/ -> /g)).toHaveLength(edges);
  expect(dot.match(/ -> .* \[style=dashed\]/g)).toHaveLength(2);
});

test('for ShiViz: vector clocks say what came before what', () => {
  const lines = exportTask(TASK, 'shiviz').trimEnd().split('\n');
  const clocks = new Map<string, Record<string, number>>();
  for (let i = 0; i < lines.length; i += 2) {
    const [, clock] = /^\S+ ({.*})$/.exec(lines[i]!)!;
    clocks.set(lines[i + 1]!, JSON.parse(clock!) as Record<string, number>);
  }

  expect(clocks.get('GET /all')).toEqual({ shop1: 7, prices2: 1 });
  expect(clocks.get('GET prices/all 200')).toEqual({ shop1: 8, prices2: 2 });
  for (const { label, parentEventIds } of TASK) {
    for (const parent of parentEventIds) {
      const before = clocks.get(TASK.find(({ eventId }) => eventId === parent)!.label)!;
      for (const [host, count] of Object.entries(before)) {
        expect(clocks.get(label)![host]).toBeGreaterThanOrEqual(count);
      }
    }
  }
});

test.each(Object.keys(EXPORT_FORMATS) as ExportFormat[])(
  'hostile labels stay one line in %s, and a task of 20,000 operations at once is written',
  (format) => {
    const hostile = exportTask(
      [event(1, 1, [], { label: 'a"\n}\\\u2028\u202e', processName: '" {x}\n' })],
      format,
    );
    expect(Buffer.from(hostile).toString().split('\n').length).toBeLessThan(10);
    const many = Array.from({ length: 20_000 }, (_, i) =>
      event(1, i + 2, [1], { ...shop, ...begin(i + 2, 'client') }),
    );

    expect(exportTask([event(1, 1, [], shop), ...many], format).length).toBeGreaterThan(100_000);
  },
);
