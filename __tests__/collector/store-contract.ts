import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { encodeBatch, encodeReport } from '@throughline/runtime/report';
import { fromColumns } from '../../collector/src/graph/task-columns';
import { parseTaskQuery } from '../../collector/src/search/task-query';
import type { Outcome, Store, TaskSlice, TaskSummary } from '../../collector/src/store/store';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { batchOf } from '../../collector/src/reports/batch';
import { event, id } from '../harness/trace-events';

const ALL = { offset: 0, limit: 1000 };

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a', 'host', 'x'.repeat(300)),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const decimal = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const parentIds = fc
  .bigInt({ min: 1n, max: 2n ** 64n - 1n })
  .map((of) => of.toString(16).padStart(16, '0'));

/** Events with anything that a report can carry. */
const storedEvents: fc.Arbitrary<Omit<TraceEvent, 'taskId' | 'eventId'>> = fc.record(
  {
    parentEventIds: fc.array(parentIds, { maxLength: 5 }),
    timestamp: fc.maxSafeInteger(),
    label: texts,
    ...{ host: texts, processName: texts, threadName: texts, agent: texts, source: texts },
    ...{ processId: int32, threadId: int32, tenantClass: int32, hrt: decimal, cycles: decimal },
    fields: fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 4 }),
    tags: fc.array(texts, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['parentEventIds', 'timestamp', 'label'] },
);

/** Stores events. Resolves to how many of them were new. */
async function append(store: Store, events: readonly TraceEvent[]): Promise<number> {
  const [{ kept, duplicates, conflicts, refused }] = (await store.append([
    encodeBatch(events),
  ])) as [Outcome];
  expect(kept + duplicates + conflicts + refused).toBe(events.length);
  return kept;
}

/** The tests that every store must pass. `open` opens the store that is kept in a file. */
export function testStore(name: string, open: (file: string) => Promise<Store>): void {
  describe(name, () => {
    let folder: string;
    let file: string;
    let store: Store;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'throughline-store-'));
      file = join(folder, 'events.db');
      store = await open(file);
    });
    afterEach(async () => {
      try {
        await store.close();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    const labels = async (task: number): Promise<string[]> =>
      (await store.task(id(task))).map(({ label }) => label);
    const summaries = async (range = ALL): Promise<readonly TaskSummary[]> =>
      (await store.tasks(range)).tasks;

    test('append: returns how many events were new', async () => {
      expect(await append(store, [event(1, 1), event(1, 2)])).toBe(2);
      expect(await append(store, [event(1, 2), event(1, 3)])).toBe(1);
      expect(await append(store, [event(1, 1)])).toBe(0);
      expect(await append(store, [])).toBe(0);
    });

    test('append: keeps a retried event once, as it came first', async () => {
      await append(store, [event(1, 1, [], { label: 'first' })]);
      await append(store, [event(1, 1, [], { label: 'second' })]);
      await append(store, [event(1, 1), event(1, 1)]);

      expect(await labels(1)).toEqual(['first']);
      expect(await summaries()).toMatchObject([{ events: 1, title: 'first' }]);
    });

    test('append: an event that comes twice in one batch is kept once', async () => {
      expect(await append(store, [event(1, 1), event(1, 1)])).toBe(1);
      expect(await summaries()).toMatchObject([{ events: 1 }]);
    });

    test('append: the same event id in two tasks names two events', async () => {
      await append(store, [event(1, 7), event(2, 7)]);

      expect(await labels(1)).toEqual(['event 7']);
      expect(await labels(2)).toEqual(['event 7']);
    });

    test('append: keeps everything an event carries', async () => {
      const full: TraceEvent = {
        ...event(1, 1, [2, 3]),
        ...{ label: 'a "quoted"\n<b>label</b> \u{1f600} é', host: 'h', processId: 12 },
        ...{ processName: './example --in 3', threadId: 3, threadName: 'main', agent: 'Cart' },
        source: 'cart.ts:12',
        fields: [
          ['k', 'v'],
          ['k', 'again'],
          ['', ''],
        ],
        tags: ['demo', 'java peer'],
        ...{ hrt: '-9223372036854775808', cycles: '9223372036854775807', tenantClass: -3 },
      };
      await append(store, [full, event(1, 2)]);

      expect(await store.task(id(1))).toEqual([full, event(1, 2)]);
    });

    test('append: ids of all 64 bits are kept as they are', async () => {
      const event64 = { ...event(1, 1), taskId: 'f'.repeat(16), eventId: `8${'0'.repeat(15)}` };
      await append(store, [event64]);

      expect(await store.task('f'.repeat(16))).toEqual([event64]);
    });

    test('append: text with a NUL in it is kept whole', async () => {
      const odd = event(1, 1, [], { label: 'before\0after', processName: 'a\0b' });
      await append(store, [odd]);

      expect(await store.task(id(1))).toEqual([odd]);
      // Not every SQLite gives back what follows a NUL, so summaries show a sign for it.
      expect(await summaries()).toMatchObject([
        { title: 'before\u2400after', processes: ['a\u2400b'] },
      ]);
    });

    test.each([
      ['far in the future', 2 ** 62],
      ['the largest of 64 bits', 2 ** 63 - 1],
      ['before 1970', -(2 ** 62)],
      ['zero', 0],
    ])('append: a timestamp %s hides no other event', async (_, timestamp) => {
      await append(store, [event(1, 1), event(1, 2, [], { timestamp }), event(2, 3)]);

      expect((await labels(1)).sort()).toEqual(['event 1', 'event 2']);
      expect(await labels(2)).toEqual(['event 3']);
      expect(await summaries()).toHaveLength(2);
    });

    test('append: what cannot be read is refused, and takes nothing with it', async () => {
      const report = encodeReport(event(1, 1));
      const [read, broken] = await store.append([
        batchOf([report, Buffer.from('bad'), encodeReport(event(1, 2))]),
        Buffer.concat([batchOf([encodeReport(event(1, 3))]), Buffer.from([0x7f, 1, 2])]),
      ]);

      expect(read).toMatchObject({ kept: 2, refused: 1, problem: expect.any(String) as string });
      expect(broken).toMatchObject({ kept: 1, refused: 1, problem: expect.any(String) as string });
      expect(await labels(1)).toEqual(['event 1', 'event 2', 'event 3']);
    });

    test('append: an event that comes again with other contents is a conflict', async () => {
      await append(store, [event(1, 1)]);
      const outcomes = await store.append([
        encodeBatch([event(1, 1), event(1, 1, [], { label: 'x' })]),
      ]);

      expect(outcomes).toEqual([{ kept: 0, duplicates: 1, conflicts: 1, refused: 0 }]);
      expect(await labels(1)).toEqual(['event 1']);
    });

    test('append: a report with half of a task id belongs to the task that has it', async () => {
      const whole = { ...event(1, 1), taskId: `${'a'.repeat(16)}${id(1)}` };
      const [half, other] = [event(1, 2), { ...event(1, 8), taskId: `${'b'.repeat(16)}${id(1)}` }];
      await append(store, [half]);
      await append(store, [whole, { ...half, eventId: id(4) }]);
      for (const taskId of [whole.taskId, id(1), id(1).padStart(32, '0')]) {
        expect(await store.task(taskId)).toHaveLength(3);
      }
      await append(store, [other]);

      expect((await summaries()).map(({ taskId, events }) => [taskId, events])).toEqual([
        [other.taskId, 1],
        [whole.taskId, 3],
      ]);
      expect(await store.task(`${'c'.repeat(16)}${id(1)}`)).toEqual([]);
    });

    test('append: tasks with the same lower half of their ids may have events with the same id', async () => {
      const [a, b] = ['a', 'b'].map((upper) => ({
        ...event(1, 1),
        taskId: `${upper.repeat(16)}${id(1)}`,
      }));
      await append(store, [a!, b!]);

      expect(await store.task(a!.taskId)).toEqual([a]);
      expect(await store.task(b!.taskId)).toEqual([b]);
    });

    test('append: events of one task that come one by one, between others, are all there', async () => {
      for (let i = 1; i <= 300; i++) await append(store, [event(1, i), event(2, i)]);

      expect(await labels(1)).toEqual(Array.from({ length: 300 }, (_, i) => `event ${i + 1}`));
      expect(await labels(2)).toHaveLength(300);
    });

    test('append: whatever an event carries comes back', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(storedEvents, { minLength: 1, maxLength: 20 }), async (some) => {
          const task = Math.floor(Math.random() * 2 ** 40);
          const events = some.map((one, i) => ({ ...one, taskId: id(task), eventId: id(i + 1) }));
          expect(await append(store, events)).toBe(events.length);
          const byId = new Map(events.map((one) => [one.eventId, one]));
          const kept = await store.task(id(task));
          expect(new Map(kept.map((one) => [one.eventId, one]))).toEqual(byId);
          const parts = await store.taskJson(id(task));
          expect(JSON.parse(Buffer.concat(parts).toString())).toEqual({
            taskId: id(task),
            events: kept,
          });
        }),
        { numRuns: 100 },
      );
    });

    test('append: many at once are all kept, each event once', async () => {
      const batches = Array.from({ length: 20 }, (_, batch) =>
        Array.from({ length: 20 }, (_, i) => event(i % 3, batch * 10 + i)),
      );
      const added = await Promise.all(batches.map((batch) => append(store, batch)));

      const distinct = new Set(batches.flat().map(({ taskId, eventId }) => `${taskId} ${eventId}`));
      expect(added.reduce((sum, count) => sum + count, 0)).toBe(distinct.size);
      const counted = (await summaries()).reduce((sum, task) => sum + task.events, 0);
      expect(counted).toBe(distinct.size);
    });

    test('append: 20,000 events of one task are kept in one batch', async () => {
      const events = Array.from({ length: 20_000 }, (_, i) => event(1, i + 1, i ? [i] : []));

      expect(await append(store, events)).toBe(20_000);
      expect(await store.task(id(1))).toHaveLength(20_000);
    });

    test('task: gives events by timestamp, whatever order they came in', async () => {
      const at = (number: number, timestamp: number): TraceEvent =>
        event(1, number, [], { timestamp });
      await append(store, [at(1, 30), at(2, 10)]);
      await append(store, [at(3, 20)]);

      expect(await labels(1)).toEqual(['event 2', 'event 3', 'event 1']);
    });

    test('task: is empty when the task is unknown', async () => {
      await append(store, [event(1, 1)]);

      expect(await store.task(id(2))).toEqual([]);
      expect(await store.task("' OR 1 = 1 --")).toEqual([]);
    });

    test('tasks: counts events and processes, and knows when the first and last were', async () => {
      await append(store, [
        event(1, 5, [], { processName: 'b', timestamp: 50 }),
        event(1, 9, [], { processName: 'a', timestamp: 90 }),
        event(2, 1, [], { timestamp: 10 }),
      ]);
      await append(store, [event(1, 2, [], { processName: 'b', timestamp: 20 })]);

      expect(await store.tasks(ALL)).toEqual({
        ...{ total: 2, matching: 2 },
        tasks: [
          {
            ...{ taskId: id(1), title: 'event 2', events: 3, errors: 0, processes: ['b', 'a'] },
            ...{ tags: [], firstEvent: 20, lastEvent: 90, duration: 70 },
          },
          {
            ...{ taskId: id(2), title: 'event 1', events: 1, errors: 0, processes: [''] },
            ...{ tags: [], firstEvent: 10, lastEvent: 10, duration: 0 },
          },
        ],
      });
    });

    test('tasks: the first 20 tags, each once', async () => {
      await append(store, [event(1, 1, [], { tags: ['slow', 'demo', 'slow'] })]);
      await append(store, [event(1, 2, [], { tags: ['demo', 'x'.repeat(1000)] }), event(2, 1)]);
      const many = Array.from({ length: 30 }, (_, i) => `tag ${i}`);
      await append(store, [event(3, 3, [], { tags: many })]);
      const [third, first, second] = await summaries();

      expect(first!.tags).toEqual(['slow', 'demo', `${'x'.repeat(256)}…`]);
      expect(second!.tags).toEqual([]);
      expect(third!.tags).toEqual(many.slice(0, 20));
    });

    describe('a search', () => {
      const minute = 60_000_000;
      const now = 1_800_000_000_000_000;
      beforeEach(async () => {
        await append(store, [
          event(1, 1, [], {
            ...{ label: 'GET /carts', processName: 'shop', timestamp: now - 60 * minute },
            tags: ['slow'],
          }),
          event(1, 2, [1], { processName: 'prices', timestamp: now - 59 * minute }),
          event(2, 3, [], { label: 'GET /carts/100%', processName: 'shop', timestamp: now }),
          event(2, 4, [3], {
            ...{ processName: 'shop', timestamp: now + 5000 },
            fields: [['error.type', 'E']],
          }),
          event(3, 5, [], {
            ...{ label: 'job "x"', timestamp: now - 5 * minute, tags: ['Nightly'] },
            fields: [
              ['cart', '7'],
              ['db.system.name', 'postgresql'],
            ],
          }),
        ]);
      });

      test.each([
        ['', [2, 3, 1]],
        ['carts', [2, 1]],
        ['CARTS', [2, 1]],
        ['100%', [2]],
        ['1_0', []],
        ['title="GET /carts"', [1]],
        ['title!="GET /carts"', [2, 3]],
        ['route=/carts', [1]],
        ['route~/carts', [2, 1]],
        ['method=GET', [2, 1]],
        ['status=x', []],
        ['1800000000', []],
        ['"[["', []],
        ['process=prices', [1]],
        ['process!=prices', [2, 3]],
        ['-process=shop', [3]],
        ['process~PRI', [1]],
        ['tag=slow', [1]],
        ['tag=slo', []],
        ['error', [2]],
        ['-error', [3, 1]],
        ['errors=0 events>1', [1]],
        ['events>=2', [2, 1]],
        ['duration>5ms', [1]],
        ['duration>=5ms', [2, 1]],
        ['duration<1', [3]],
        ['duration=1m', [1]],
        ['start>=-10m', [2, 3]],
        [`start<${now - 10 * minute}`, [1]],
        [`start>=${new Date(now / 1000).toISOString()}`, [2]],
        [`id=${id(3)}`, [3]],
        [`id=3`, [3]],
        ['"job \\"x\\""', [3]],
        ["'; DROP TABLE tasks; --", []],
        ['%', [2]],
        ['label="event 2"', [1]],
        ['label~EVENT', [2, 1]],
        ['label!="event 2"', [2, 3]],
        ['-label~event', [3]],
        ['error.type=E', [2]],
        ['db.system.name~POSTGRES', [3]],
        ['db.system.name=post', []],
        ['field.cart=7', [3]],
        ['field.cart=postgresql', []],
        ['field.cart!=7', [2, 1]],
        ['text~postgres', [3]],
        ['text~night', [3]],
        ['text~"event 4"', [2]],
        ['text=7', [3]],
        ['text~cart process=shop', [2, 1]],
        ['text~"\' OR 1=1 --"', []],
      ])('%s', async (text, expected) => {
        const where = parseTaskQuery(text, now);
        const page = await store.tasks({ ...ALL, where });

        expect(page.tasks.map(({ taskId }) => taskId)).toEqual(expected.map(id));
        expect(page).toMatchObject({ matching: expected.length, total: 3 });
        const histogram = await store.histogram(where, 7);
        const sum = histogram?.counts.reduce((total, one) => total + one, 0);
        expect(sum).toBe(expected.length > 0 ? expected.length : undefined);
      });

      test('a route is what it is for the receiver, whoever the title is of', async () => {
        await append(store, [
          event(4, 6, [], { label: 'POST 127.0.0.1:8080/orders 200' }),
          event(5, 7, [], { label: 'shop.Stock/Reserve' }),
          event(6, 8, [], { label: 'send mails' }),
        ]);
        for (const [route, task] of [
          ['/orders', 4],
          ['shop.Stock/Reserve', 5],
          ['mails', 6],
        ] as const) {
          const { tasks } = await store.tasks({ ...ALL, where: parseTaskQuery(`route=${route}`) });
          expect(tasks.map(({ taskId }) => taskId)).toEqual([id(task)]);
        }
      });

      test.each([
        ['last', [2, 3, 1], [1, 3, 2]],
        ['start', [2, 3, 1], [1, 3, 2]],
        ['duration', [1, 2, 3], [3, 2, 1]],
        // Of equal ones, that which came first is first.
        ['events', [1, 2, 3], [3, 1, 2]],
        ['errors', [2, 1, 3], [1, 3, 2]],
        ['title', [1, 2, 3], [3, 2, 1]],
      ] as const)('is sorted by %s, either way', async (order, expected, backwards) => {
        const sorted = async (reversed: boolean): Promise<string[]> =>
          (await store.tasks({ ...ALL, order, reversed })).tasks.map(({ taskId }) => taskId);

        expect(await sorted(false)).toEqual(expected.map(id));
        expect(await sorted(true)).toEqual(backwards.map(id));
      });

      test('a histogram says how many tasks began when, and which of them failed', async () => {
        expect(await store.histogram([], 6)).toEqual({
          ...{ from: now - 60 * minute, to: now },
          ...{ counts: [1, 0, 0, 0, 0, 2], failed: [0, 0, 0, 0, 0, 1] },
        });
        expect(await store.histogram(parseTaskQuery('id=1'), 3)).toMatchObject({
          counts: [1, 0, 0],
        });
      });
    });

    describe('a slice', () => {
      const sliceOf = async (task: number, after = '', limit = 1000) => {
        const json = await store.sliceJson(id(task), after, limit);
        if (json === undefined) return undefined;
        const slice = JSON.parse(Buffer.from(json).toString()) as TaskSlice;
        return { ...slice, events: [...fromColumns(slice.columns)] };
      };

      test('slices make up the whole task, in the order in which it came', async () => {
        const events = Array.from({ length: 1000 }, (_, i) => event(1, 1000 - i));
        for (let i = 0; i < 1000; i += 70) await append(store, events.slice(i, i + 70));
        await append(store, [event(2, 1)]);
        const seen: TraceEvent[] = [];
        for (let after = ''; ;) {
          const slice = (await sliceOf(1, after, 100))!;
          expect(slice.total).toBe(1000);
          if (slice.events.length === 0) break;
          seen.push(...slice.events);
          after = slice.next;
        }

        expect(seen).toEqual(events);
      });

      test('what is stored later is behind its cursor, and nothing comes twice', async () => {
        await append(store, [event(1, 1), event(1, 2)]);
        const first = (await sliceOf(1))!;
        expect((await sliceOf(1, first.next))!.events).toEqual([]);
        await append(store, [event(1, 2), event(1, 3)]);
        const second = (await sliceOf(1, first.next))!;
        await append(
          store,
          Array.from({ length: 500 }, (_, i) => event(1, i + 4)),
        );
        const third = (await sliceOf(1, second.next))!;

        expect(first.events).toEqual([event(1, 1), event(1, 2)]);
        expect(second.events).toEqual([event(1, 3)]);
        expect(third.events.map(({ eventId }) => eventId)).toEqual(
          Array.from({ length: 500 }, (_, i) => id(i + 4)),
        );
      });

      test('is nothing of a task that is unknown, and all of it after what is no cursor', async () => {
        await append(store, [event(1, 1)]);

        expect(await sliceOf(9)).toBeUndefined();
        expect((await sliceOf(1, "1' OR 1"))!.events).toEqual([event(1, 1)]);
      });
    });

    test('tasks: the title is the label of the earliest event, even when it arrives late', async () => {
      const titles = async (): Promise<string[]> => (await summaries()).map(({ title }) => title);
      await append(store, [event(1, 5)]);
      expect(await titles()).toEqual(['event 5']);
      await append(store, [event(1, 7)]);
      expect(await titles()).toEqual(['event 5']);
      await append(store, [event(1, 3), event(1, 1), event(1, 2)]);
      expect(await titles()).toEqual(['event 1']);
      await append(store, [event(1, 1, [], { label: 'again', timestamp: 1 })]);
      expect(await titles()).toEqual(['event 1']);
    });

    test('tasks: the title is that of the end, when the first event begins an operation', async () => {
      const fields = (phase: string): readonly [string, string][] => [
        ['operation', id(1)],
        ['phase', phase],
      ];
      const end = event(1, 9, [1], { label: 'GET /carts/:id 200', fields: fields('end') });
      await append(store, [event(1, 1, [], { label: 'GET /carts/7', fields: fields('begin') })]);
      await append(store, [
        event(1, 5, [1], {
          label: 'x ended',
          fields: [
            ['operation', id(4)],
            ['phase', 'end'],
          ],
        }),
      ]);
      expect(await summaries()).toMatchObject([{ title: 'GET /carts/7' }]);
      await append(store, [end]);

      expect(await summaries()).toMatchObject([{ title: 'GET /carts/:id 200' }]);
    });

    test('tasks: an operation that begins at the same moment as the task does not end it', async () => {
      const of = (operation: number, phase: string): Partial<TraceEvent> => ({
        fields: [
          ['operation', id(operation)],
          ['phase', phase],
        ],
      });
      const timestamp = 1_700_000_000_000_000;
      await append(store, [
        event(1, 1, [], { label: 'GET', timestamp, ...of(1, 'begin') }),
        event(1, 2, [1], { label: 'SELECT', timestamp, ...of(2, 'begin') }),
        event(1, 3, [2], { label: 'SELECT 1', timestamp: timestamp + 5, ...of(2, 'end') }),
        event(1, 4, [3], { label: 'GET / 200', timestamp: timestamp + 10, ...of(1, 'end') }),
        event(1, 5, [1], { label: 'late', timestamp: timestamp + 900 }),
      ]);
      // Ids of events are those of their task.
      await append(store, [event(2, 1, [], { timestamp: 5, ...of(1, 'begin') })]);

      expect((await summaries())[0]).toMatchObject({ title: 'GET / 200', duration: 10 });
    });

    test('tasks: errors are counted, and titles are cut', async () => {
      const failed: TraceEvent['fields'] = [['error.type', 'E']];
      await append(store, [
        event(1, 1, [], { label: '\u{1f600}'.repeat(200_000) }),
        event(1, 2, [], { fields: failed }),
        event(1, 3, [], { fields: failed }),
      ]);
      const [task] = await summaries();

      expect(task!.errors).toBe(2);
      expect(task!.title).toBe(`${'\u{1f600}'.repeat(128)}…`);
    });

    test('size: counts tasks, events and bytes', async () => {
      const before = await store.size();
      await append(store, [event(1, 1), event(1, 2), event(2, 1)]);
      const { bytes, ...counts } = await store.size();

      expect(before).toMatchObject({ tasks: 0, events: 0 });
      expect(counts).toEqual({ tasks: 2, events: 3, evicted: { tasks: 0, events: 0 } });
      expect(bytes).toBeGreaterThan(0);
    });

    test('tasks: the one with the newest event comes first', async () => {
      await append(store, [event(1, 10), event(2, 20), event(3, 30)]);
      expect((await summaries()).map(({ taskId }) => taskId)).toEqual([id(3), id(2), id(1)]);
      await append(store, [event(1, 40)]);
      expect((await summaries()).map(({ taskId }) => taskId)).toEqual([id(1), id(3), id(2)]);
    });

    test('tasks: pages make up the whole list, without gaps and repetitions', async () => {
      // All at the same moment: the order must be settled by something else.
      await append(
        store,
        Array.from({ length: 25 }, (_, i) => event(i + 1, i + 1, [], { timestamp: 7 })),
      );
      const seen: string[] = [];
      for (let offset = 0; offset < 30; offset += 10) {
        const page = await store.tasks({ offset, limit: 10 });
        expect(page.total).toBe(25);
        seen.push(...page.tasks.map(({ taskId }) => taskId));
      }

      expect(seen).toHaveLength(25);
      expect(new Set(seen).size).toBe(25);
      expect(await summaries({ offset: 25, limit: 10 })).toEqual([]);
      expect(await summaries({ offset: 0, limit: 0 })).toEqual([]);
    });

    test('a store that is opened again has everything, and takes in more', async () => {
      await append(store, [event(1, 1), event(1, 2), event(2, 3)]);
      await store.close();
      store = await open(file);

      expect(await labels(1)).toEqual(['event 1', 'event 2']);
      expect(await append(store, [event(1, 2), event(1, 4)])).toBe(1);
      expect(await summaries()).toMatchObject([
        { taskId: id(1), events: 3 },
        { taskId: id(2), events: 1 },
      ]);
    });

    test('two stores over one file see and count each other’s events', async () => {
      const other = await open(file);
      try {
        await Promise.all([
          append(store, [event(1, 1)]),
          append(other, [event(1, 1), event(1, 2)]),
        ]);
        expect(await labels(1)).toEqual(['event 1', 'event 2']);
        expect((await other.tasks(ALL)).tasks).toMatchObject([{ events: 2 }]);
      } finally {
        await other.close();
      }
    });
  });
}
