import fc from 'fast-check';
import { alignClocks } from '../../collector/src/analysis/clocks';
import { criticalPath } from '../../collector/src/analysis/critical-path';
import { coverageOf } from '../../collector/src/analysis/operations';
import { explainWaits } from '../../collector/src/analysis/why';
import { whyText } from '../../collector/src/analysis/why-text';
import { causalGraph } from '../../collector/src/graph/causal-graph';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { event, id } from '../harness/trace-events';

/** An event at a time in milliseconds. */
const at = (
  ms: number,
  number: number,
  parents: readonly number[],
  label: string,
  more: Partial<TraceEvent> = {},
): TraceEvent => event(1, number, parents, { label, timestamp: 1e15 + ms * 1000, ...more });
const shop = { processName: 'shop', processId: 1 };
const prices = { processName: 'prices', processId: 2 };
const begin = (number: number, kind: string): Partial<TraceEvent> => ({
  fields: [
    ['operation', id(number)],
    ['phase', 'begin'],
    ['kind', kind],
  ],
});
const end = (number: number, more: [string, string][] = []): Partial<TraceEvent> => ({
  fields: [['operation', id(number)], ['phase', 'end'], ...more],
});

/** A request that asks a database and another service at once, and then the database three times in turn. */
const REQUEST: TraceEvent[] = [
  at(0, 1, [], 'GET /carts/7', { ...shop, ...begin(1, 'server') }),
  at(1, 2, [1], 'SELECT carts', { ...shop, ...begin(2, 'client'), source: 'db.ts:7' }),
  at(1, 3, [1], 'GET prices/all', { ...shop, ...begin(3, 'client') }),
  at(11, 4, [2], 'SELECT carts ended', { ...shop, ...end(2) }),
  // The clock of the other service is 5 s behind.
  at(-4995, 5, [3], 'GET /all', { ...prices, ...begin(5, 'server') }),
  at(-4965, 6, [5], 'GET /all 200', { ...prices, ...end(5) }),
  at(41, 7, [3, 6], 'GET prices/all 200', { ...shop, ...end(3) }),
  ...[0, 1, 2].flatMap((n) => [
    at(42 + n * 20, 10 + n * 2, n ? [9 + n * 2] : [4, 7], 'SELECT items', {
      ...shop,
      ...begin(10 + n * 2, 'client'),
    }),
    at(61 + n * 20, 11 + n * 2, [10 + n * 2], 'SELECT items ended', {
      ...shop,
      ...end(10 + n * 2),
    }),
  ]),
  at(105, 20, [15], 'GET /carts/:id 500', {
    ...shop,
    ...end(1, [
      ['error.type', 'TypeError'],
      ['error.message', 'no total'],
    ]),
  }),
];

test('a request is explained: what decided, why, where and how long', () => {
  const why = explainWaits(REQUEST);

  expect(why).toMatchObject({
    ...{ taskId: id(1), title: 'GET /carts/:id 500', events: 14, processes: 2, duration: 105_000 },
    open: [],
  });
  expect(why.path.map(({ what, reason, duration }) => [what, reason, duration / 1000])).toEqual([
    ['GET /carts/7 → GET prices/all', 'program', 1],
    // The other clock is moved to where both messages take the same time.
    ['GET /all', 'request', 5],
    ['GET /all → GET /all 200', 'program', 30],
    ['GET /all 200 → GET prices/all 200', 'answer', 5],
    ['GET prices/all 200 → SELECT items', 'program', 1],
    ['SELECT items', 'operation', 19],
    ['SELECT items ended → SELECT items', 'program', 1],
    ['SELECT items', 'operation', 19],
    ['SELECT items ended → SELECT items', 'program', 1],
    ['SELECT items', 'operation', 19],
    ['SELECT items ended → GET /carts/:id 500', 'program', 4],
  ]);
  expect(why.oneByOne).toEqual([{ what: 'SELECT items', times: 3, duration: 57_000 }]);
  expect(why.errors).toEqual([
    {
      ...{ what: 'GET /carts/:id 500', type: 'TypeError', message: 'no total' },
      ...{ where: 'shop (1)', event: id(20) },
    },
  ]);
  expect(why.coverage).toMatchObject({ covered: 97_000, gaps: 8000, most: 3 });
});

test('the answer as text', () => {
  expect(whyText(explainWaits(REQUEST))).toBe(
    `GET /carts/:id 500: 105.0 ms
task 0000000000000001, 14 events, 2 processes, 1 error

In operations: 97.0 ms (92 %), outside: 8.0 ms. Concurrency: 1.4 on average, 3 at most.

Critical path:
    +0.0 ms   1.0 ms   1 %  GET /carts/7 → GET prices/all            own code, timers or untraced work  shop (1)
    +1.0 ms   5.0 ms   5 %  GET /all                                 request in transit                 shop (1)
    +6.0 ms  30.0 ms  29 %  GET /all → GET /all 200                  own code, timers or untraced work  prices (2)
   +36.0 ms   5.0 ms   5 %  GET /all 200 → GET prices/all 200        response in transit                prices (2)
   +41.0 ms   1.0 ms   1 %  GET prices/all 200 → SELECT items        own code, timers or untraced work  shop (1)
   +42.0 ms  19.0 ms  18 %  SELECT items                             waiting for this operation         shop (1)
   +61.0 ms   1.0 ms   1 %  SELECT items ended → SELECT items        own code, timers or untraced work  shop (1)
   +62.0 ms  19.0 ms  18 %  SELECT items                             waiting for this operation         shop (1)
   +81.0 ms   1.0 ms   1 %  SELECT items ended → SELECT items        own code, timers or untraced work  shop (1)
   +82.0 ms  19.0 ms  18 %  SELECT items                             waiting for this operation         shop (1)
  +101.0 ms   4.0 ms   4 %  SELECT items ended → GET /carts/:id 500  own code, timers or untraced work  shop (1)

Sequential calls (in parallel, they would take less, if they do not depend on each other):
  SELECT items: 3 calls, 57.0 ms

Errors:
  GET /carts/:id 500: TypeError: no total (shop (1))
`,
  );
});

test('an operation that never ends is told, and a task of one event is explained, too', () => {
  const open = explainWaits([at(0, 1, [], 'job', begin(1, 'consumer')), at(3, 2, [1], 'half')]);

  expect(open).toMatchObject({ title: 'job', duration: 3000, open: ['job'] });
  expect(whyText(open)).toMatch(/\nStill running:\n {2}job\n$/);
  expect(explainWaits([event(1, 1)])).toMatchObject({ duration: 0, path: [], errors: [] });
  expect(whyText(explainWaits([event(1, 1)]))).toMatch(/^event 1: 0\.0 ms\n/);
});

test.each([
  ['a message that arrives before it was sent', [-50, 20], 85],
  ['a clock that is ahead', [500, 20], -465],
  ['clocks that agree', [30, 20], 0],
])('clocks: %s', (_, [offset, took], moved) => {
  const graph = causalGraph([
    at(0, 1, [], 'ask', shop),
    at(offset!, 2, [1], 'work', prices),
    at(offset! + took!, 3, [2], 'worked', prices),
    at(90, 4, [3], 'answer', shop),
  ]);
  const time = alignClocks(graph);

  expect((time[1]! - graph.model.time[1]!) / 1000).toBe(moved);
  expect(time[0]).toBe(graph.model.time[0]);
});

test('a thread that was asked is no answer, and each step has the operation whose time it is', () => {
  const thread = { ...shop, threadId: 3 };
  const graph = causalGraph([
    at(0, 1, [], 'GET /carts', { ...shop, ...begin(1, 'server') }),
    at(1, 2, [1], 'ask', shop),
    at(9, 3, [2], 'counted', { ...thread, processName: 'count' }),
    at(10, 4, [3], 'GET prices', { ...shop, ...begin(4, 'client') }),
    at(12, 5, [4], 'GET /prices', { ...prices, ...begin(5, 'server') }),
    at(20, 6, [5], 'GET /prices 200', { ...prices, ...end(5) }),
    at(21, 7, [6], 'GET prices 200', { ...shop, ...end(4) }),
    at(22, 8, [7], 'GET /carts 200', { ...shop, ...end(1) }),
  ]);
  const { model } = graph;
  const steps = criticalPath(graph, alignClocks(graph));
  const within = (i: number): string => (i === -1 ? 'none' : model.labelOf(i));
  expect(steps.map((step) => [step.reason, within(step.within)])).toEqual([
    ['program', 'GET /carts'],
    ['message', 'GET /carts'],
    ['message', 'GET /carts'],
    ['request', 'GET prices'],
    ['program', 'GET /prices'],
    ['answer', 'GET prices'],
    ['program', 'GET /carts'],
  ]);
});

test('what nobody waited for any more is told', () => {
  const events = [
    at(0, 1, [], 'GET /carts', { ...shop, ...begin(1, 'server') }),
    at(1, 2, [1], 'GET slow/prices', { ...shop, ...begin(2, 'client'), source: 'shop.ts:8' }),
    at(1, 3, [1], 'GET fast/prices', { ...shop, ...begin(3, 'client') }),
    at(5, 4, [3], 'GET fast/prices 200', { ...shop, ...end(3) }),
    at(6, 5, [4], 'chosen', {
      fields: [
        ['join.abandoned', id(2)],
        ['join.abandoned', id(99)],
      ],
    }),
    at(7, 6, [5], 'GET /carts 200', { ...shop, ...end(1) }),
  ];
  const why = explainWaits(events);
  expect(why.abandoned).toEqual([
    { what: 'GET slow/prices', where: 'shop.ts:8', event: id(2), joined: id(5) },
  ]);
  expect(whyText(why)).toContain(
    'Abandoned (still running when Promise.race, any or all was settled without them):\n  GET slow/prices (shop.ts:8)\n',
  );
});

test('coverage counts what runs at once', () => {
  const times = [
    { from: 0, to: 10 },
    { from: 10, to: 20 },
    { from: 15, to: 30 },
    { from: 90, to: 200 },
  ];
  expect(coverageOf(times, 0, 100)).toEqual({ covered: 40, gaps: 60, average: 45 / 40, most: 2 });
  expect(coverageOf([], 0, 5)).toEqual({ covered: 0, gaps: 5, average: 0, most: 0 });
});

/** Tasks with any shape, also cycles, parents that never arrived, and clocks that are off. */
const tasks = fc
  .array(
    fc.record({
      parents: fc.array(fc.nat(60), { maxLength: 3 }),
      time: fc.integer({ min: -5000, max: 5000 }),
      process: fc.nat(3),
      phase: fc.constantFrom('begin', 'end', undefined),
      operation: fc.nat(60),
      label: fc.string({ unit: 'grapheme', maxLength: 90 }),
      failed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) =>
    all.map(({ parents, time, process, phase, operation, label, failed }, i) =>
      at(time, i + 1, parents, label, {
        processId: process,
        fields: [
          ...(phase
            ? [
                ['phase', phase] as const,
                ['operation', id(phase === 'begin' ? i + 1 : operation)] as const,
              ]
            : []),
          ...(failed
            ? ([
                ['error.type', 'E'],
                ['join.abandoned', id(1)],
              ] as const)
            : []),
        ],
      }),
    ),
  );

test('whatever a task looks like: the path is unbroken, its waits add up, and 40 lines are enough', () => {
  fc.assert(
    fc.property(tasks, (events) => {
      const why = explainWaits(events);
      const total = why.path.reduce((sum, { duration }) => sum + duration, 0);

      expect(Math.abs(total - why.duration)).toBeLessThan(1);
      for (const [i, { from, at: begun, duration }] of why.path.entries()) {
        if (i > 0) expect(from).toBe(why.path[i - 1]!.to);
        expect(duration).toBeGreaterThanOrEqual(0);
        expect(begun).toBeGreaterThanOrEqual(0);
      }
      expect(whyText(why).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
      expect(why.coverage.covered).toBeLessThanOrEqual(why.duration);
    }),
    { seed: 4, numRuns: 500 },
  );
});
