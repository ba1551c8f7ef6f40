import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, TaskSummary, TraceEvent } from '../../collector/src/store/store';
import { event, id } from '../harness/trace-events';

const ALL = { offset: 0, limit: 1000 };

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
      expect(await store.append([event(1, 1), event(1, 2)])).toBe(2);
      expect(await store.append([event(1, 2), event(1, 3)])).toBe(1);
      expect(await store.append([event(1, 1)])).toBe(0);
      expect(await store.append([])).toBe(0);
    });

    test('append: keeps a retried event once, as it came first', async () => {
      await store.append([event(1, 1, [], { label: 'first' })]);
      await store.append([event(1, 1, [], { label: 'second' })]);
      await store.append([event(1, 1), event(1, 1)]);

      expect(await labels(1)).toEqual(['first']);
      expect(await summaries()).toMatchObject([{ events: 1, title: 'first' }]);
    });

    test('append: an event that comes twice in one batch is kept once', async () => {
      expect(await store.append([event(1, 1), event(1, 1)])).toBe(1);
      expect(await summaries()).toMatchObject([{ events: 1 }]);
    });

    test('append: the same event id in two tasks names two events', async () => {
      await store.append([event(1, 7), event(2, 7)]);

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
      };
      await store.append([full, event(1, 2)]);

      expect(await store.task(id(1))).toEqual([full, event(1, 2)]);
    });

    test('append: ids of all 64 bits are kept as they are', async () => {
      const event64 = { ...event(1, 1), taskId: 'f'.repeat(16), eventId: `8${'0'.repeat(15)}` };
      await store.append([event64]);

      expect(await store.task('f'.repeat(16))).toEqual([event64]);
    });

    test('append: text with a NUL in it is kept whole', async () => {
      const odd = event(1, 1, [], { label: 'before\0after', processName: 'a\0b' });
      await store.append([odd]);

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
      await store.append([event(1, 1), event(1, 2, [], { timestamp }), event(2, 3)]);

      expect((await labels(1)).sort()).toEqual(['event 1', 'event 2']);
      expect(await labels(2)).toEqual(['event 3']);
      expect(await summaries()).toHaveLength(2);
    });

    test('append: a batch in which one event cannot be kept keeps nothing or everything', async () => {
      // No decoder makes such an event; a store that fails in the middle looks the same.
      const unkeepable = event(1, 2, [], { processId: 1n as unknown as number });
      const kept = await store.append([event(1, 1), unkeepable, event(1, 3)]).catch(() => 0);

      expect([0, 3]).toContain(kept);
      expect(await labels(1)).toHaveLength(kept);
      expect(await summaries()).toHaveLength(kept === 0 ? 0 : 1);
      expect(await store.append([event(2, 1)])).toBe(1);
      expect(await labels(2)).toEqual(['event 1']);
    });

    test('append: an event without a label is refused aloud or kept, and never dropped', async () => {
      const unlabelled = event(1, 2, [], { label: null as unknown as string });
      const kept = await store.append([event(1, 1), unlabelled]).catch(() => 0);

      expect([0, 2]).toContain(kept);
      expect(await store.task(id(1))).toHaveLength(kept);
    });

    test('append: many at once are all kept, each event once', async () => {
      const batches = Array.from({ length: 20 }, (_, batch) =>
        Array.from({ length: 20 }, (_, i) => event(i % 3, batch * 10 + i)),
      );
      const added = await Promise.all(batches.map((batch) => store.append(batch)));

      const distinct = new Set(batches.flat().map(({ taskId, eventId }) => `${taskId} ${eventId}`));
      expect(added.reduce((sum, count) => sum + count, 0)).toBe(distinct.size);
      const counted = (await summaries()).reduce((sum, task) => sum + task.events, 0);
      expect(counted).toBe(distinct.size);
    });

    test('append: 20,000 events of one task are kept in one batch', async () => {
      const events = Array.from({ length: 20_000 }, (_, i) => event(1, i + 1, i ? [i] : []));

      expect(await store.append(events)).toBe(20_000);
      expect(await store.task(id(1))).toHaveLength(20_000);
    });

    test('task: gives events by timestamp, whatever order they came in', async () => {
      const at = (number: number, timestamp: number): TraceEvent =>
        event(1, number, [], { timestamp });
      await store.append([at(1, 30), at(2, 10)]);
      await store.append([at(3, 20)]);

      expect(await labels(1)).toEqual(['event 2', 'event 3', 'event 1']);
    });

    test('task: is empty when the task is unknown', async () => {
      await store.append([event(1, 1)]);

      expect(await store.task(id(2))).toEqual([]);
      expect(await store.task("' OR 1 = 1 --")).toEqual([]);
    });

    test('tasks: counts events and processes, and knows when the first and last were', async () => {
      await store.append([
        event(1, 5, [], { processName: 'b', timestamp: 50 }),
        event(1, 9, [], { processName: 'a', timestamp: 90 }),
        event(2, 1, [], { timestamp: 10 }),
      ]);
      await store.append([event(1, 2, [], { processName: 'b', timestamp: 20 })]);

      expect(await store.tasks(ALL)).toEqual({
        total: 2,
        tasks: [
          {
            ...{ taskId: id(1), title: 'event 2', events: 3, processes: ['b', 'a'] },
            ...{ firstEvent: 20, lastEvent: 90 },
          },
          {
            ...{ taskId: id(2), title: 'event 1', events: 1, processes: [''] },
            ...{ firstEvent: 10, lastEvent: 10 },
          },
        ],
      });
    });

    test('tasks: the title is the label of the earliest event, even when it arrives late', async () => {
      const titles = async (): Promise<string[]> => (await summaries()).map(({ title }) => title);
      await store.append([event(1, 5)]);
      expect(await titles()).toEqual(['event 5']);
      await store.append([event(1, 7)]);
      expect(await titles()).toEqual(['event 5']);
      await store.append([event(1, 3), event(1, 1), event(1, 2)]);
      expect(await titles()).toEqual(['event 1']);
      await store.append([event(1, 1, [], { label: 'again', timestamp: 1 })]);
      expect(await titles()).toEqual(['event 1']);
    });

    test('tasks: the one with the newest event comes first', async () => {
      await store.append([event(1, 10), event(2, 20), event(3, 30)]);
      expect((await summaries()).map(({ taskId }) => taskId)).toEqual([id(3), id(2), id(1)]);
      await store.append([event(1, 40)]);
      expect((await summaries()).map(({ taskId }) => taskId)).toEqual([id(1), id(3), id(2)]);
    });

    test('tasks: pages make up the whole list, without gaps and repetitions', async () => {
      // All at the same moment: the order must be settled by something else.
      await store.append(
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
      await store.append([event(1, 1), event(1, 2), event(2, 3)]);
      await store.close();
      store = await open(file);

      expect(await labels(1)).toEqual(['event 1', 'event 2']);
      expect(await store.append([event(1, 2), event(1, 4)])).toBe(1);
      expect(await summaries()).toMatchObject([
        { taskId: id(1), events: 3 },
        { taskId: id(2), events: 1 },
      ]);
    });

    test('two stores over one file see and count each other’s events', async () => {
      const other = await open(file);
      try {
        await Promise.all([store.append([event(1, 1)]), other.append([event(1, 1), event(1, 2)])]);
        expect(await labels(1)).toEqual(['event 1', 'event 2']);
        expect((await other.tasks(ALL)).tasks).toMatchObject([{ events: 2 }]);
      } finally {
        await other.close();
      }
    });
  });
}
