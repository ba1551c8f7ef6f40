import { ShapeTotals } from '../../collector/src/analysis/shapes';
import type { TaskShape } from '../../collector/src/analysis/shapes';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { ask, startTestCollector } from '../harness/test-collector';
import { event, id } from '../harness/trace-events';

const shop = { processName: 'shop' };

/** A request that loads some items one after the other, or side by side, from a cache or not. */
interface Request {
  items?: number;
  isBeside?: boolean;
  isCached?: boolean;
  status?: number;
  took?: number;
}
function request(task: number, { items = 2, isBeside, isCached, status = 200 }: Request) {
  const loads = Array.from({ length: items }, (_, i) =>
    event(task, 10 + i, [isBeside || i === 0 ? 1 : 9 + i], {
      ...shop,
      label: isCached ? `item ${i} of the cache` : `load item ${i}`,
    }),
  );
  return [
    event(task, 1, [], { ...shop, label: `GET /carts/${task}` }),
    ...loads,
    event(task, 90, isBeside ? loads.map((_, i) => 10 + i) : [9 + items], {
      ...{ ...shop, label: `GET /carts/${task} ${status}` },
      ...(status >= 500 && { fields: [['error.type', String(status)]] as [string, string][] }),
    }),
  ];
}
function shapesOf(...requests: Request[]): TaskShape[] {
  const totals = new ShapeTotals();
  requests.forEach((one, i) => {
    const { status = 200, took = 10 } = one;
    const known = { taskId: id(i + 1), title: `GET /carts/${i + 1} ${status}`, duration: took };
    totals.add({ ...known, errors: status >= 500 ? 1 : 0 }, request(i + 1, one));
  });
  return totals.shapes();
}

test('tasks that did the same are one shape, however often they did it', () => {
  const shapes = shapesOf({ items: 2, took: 30 }, { items: 9, took: 10 }, { items: 3, took: 20 });

  expect(shapes).toEqual([
    {
      ...{ title: 'GET /carts/#', tasks: 3, failed: 0, median: 20, p95: 30 },
      ...{ more: [], less: [], isMostCommon: true, typical: id(3), slowest: [id(1), id(3), id(2)] },
    },
  ]);
});

test('others differ by what happens in them, by a failure, or by causes', () => {
  const shapes = shapesOf(
    ...[{}, { isCached: true }, {}, {}, { isBeside: true }, { status: 500 }, { status: 503 }],
  );

  expect(shapes.map(({ tasks, failed, more, less }) => ({ tasks, failed, more, less }))).toEqual([
    { tasks: 3, failed: 0, more: [], less: [] },
    { tasks: 2, failed: 2, more: ['failed: GET /carts/# #'], less: ['GET /carts/# #'] },
    { tasks: 1, failed: 0, more: ['item # of the cache'], less: ['load item #'] },
    { tasks: 1, failed: 0, more: [], less: [] },
  ]);
  expect(shapes.map(({ isMostCommon }) => isMostCommon)).toEqual([true, false, false, false]);
});

test('processes are named where only they differ', () => {
  const totals = new ShapeTotals();
  for (const [task, processName] of [
    [1, 'a'],
    [2, 'a'],
    [3, 'b'],
  ] as const) {
    const known = { taskId: id(task), title: 'job', duration: 1, errors: 0 };
    totals.add(known, [event(task, 1, [], { label: 'job', processName })]);
  }

  expect(totals.shapes()[1]).toMatchObject({ more: ['job (b)'], less: ['job (a)'] });
});

test('an operation is told once, and its end if it has failed', () => {
  const totals = new ShapeTotals();
  const query = (task: number, more: [string, string][]): TraceEvent[] => [
    event(task, 1, [], { label: 'job' }),
    event(task, 2, [1], {
      label: 'SELECT',
      fields: [
        ['operation', id(2)],
        ['phase', 'begin'],
      ],
    }),
    event(task, 3, [2], {
      label: 'SELECT ended',
      fields: [['operation', id(2)], ['phase', 'end'], ...more],
    }),
  ];
  const known = { title: 'job', duration: 1, errors: 0 };
  totals.add({ ...known, taskId: id(1) }, query(1, []));
  totals.add({ ...known, taskId: id(2) }, query(2, [['error.type', 'Timeout']]));
  totals.add({ ...known, taskId: id(3) }, query(3, []).slice(0, 1));

  expect(totals.shapes().map(({ more, less }) => [more, less])).toEqual([
    [[], []],
    [['failed: SELECT ended'], []],
    [[], ['SELECT']],
  ]);
});

test('shapes of one title are together, and the title of most tasks comes first', () => {
  const totals = new ShapeTotals();
  const add = (task: number, title: string, label: string): void =>
    totals.add({ taskId: id(task), title, duration: 1, errors: 0 }, [
      event(task, 1, [], { label }),
    ]);
  add(1, 'rare', 'a');
  for (const task of [2, 3]) add(task, 'often', 'b');
  add(4, 'often', 'c');
  add(5, 'rare', 'd');

  expect(totals.shapes().map(({ title, tasks }) => [title, tasks])).toEqual([
    ...[
      ['often', 2],
      ['often', 1],
      ['rare', 1],
      ['rare', 1],
    ],
  ]);
});

test('a collector answers with the shapes of tasks that match', async () => {
  const collector = await startTestCollector();
  try {
    await collector.addEvents([1, 2].flatMap((task) => request(task, {})));
    await collector.addEvents(request(3, { isCached: true, status: 503 }));
    const all = await ask<{ shapes: TaskShape[] }>(collector, '/api/shapes');
    const failed = await ask<{ shapes: TaskShape[] }>(collector, '/api/shapes?where=error');

    expect(all.body).toMatchObject({
      tasks: 3,
      matching: 3,
      shapes: [{ tasks: 2 }, { failed: 1 }],
    });
    expect(failed.body).toMatchObject({ tasks: 1, matching: 1, shapes: [{ typical: id(3) }] });
  } finally {
    await collector.close();
  }
});
