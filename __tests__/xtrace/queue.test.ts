import fc from 'fast-check';
import { readReports } from '../../runtime/src/otlp/report-reader';
import type { Batch } from '../../runtime/src/xtrace/batch';
import { EarlyReports } from '../../runtime/src/xtrace/early-reports';
import { BLOCK_BYTES, ReportQueue } from '../../runtime/src/xtrace/queue';
import type { Report } from '../../runtime/src/xtrace/report';

const report = (label: string): Report => ({
  taskId: '0'.repeat(32),
  eventId: '0'.repeat(16),
  parentEventIds: [],
  timestamp: 0,
  label,
});
const labels = ({ bytes, count }: Batch): string[] => {
  const found = readReports(bytes).map(({ label }) => label);
  expect(found).toHaveLength(count);
  return found;
};

test('reports leave in the order in which they came', () => {
  const queue = new ReportQueue();
  for (const label of ['a', 'b', 'c']) queue.push(report(label));
  expect(labels(queue.take())).toEqual(['a', 'b', 'c']);
  expect(labels(queue.take())).toEqual([]);
});

test('a batch has no more bytes than a browser sends at the end of a page, unless one report has', () => {
  const queue = new ReportQueue();
  const texts = [100, 30_000, 29_700, 200, 70_000, 10, 59_000, 2000].map((n) => 'x'.repeat(n));
  for (const text of texts) queue.push(report(text));
  const sizes: number[] = [];
  const found: string[] = [];
  while (queue.size > 0) {
    const batch = queue.take();
    if (batch.count > 1) expect(batch.bytes.length).toBeLessThanOrEqual(BLOCK_BYTES);
    sizes.push(batch.count);
    found.push(...labels(batch));
  }
  expect(found).toEqual(texts);
  expect(sizes).toEqual([3, 1, 1, 2, 1]);
});

test('reports that were put back are sent together', () => {
  const queue = new ReportQueue();
  const batches = ['a', 'b', 'c'].map((label) => {
    queue.push(report(label));
    return queue.take();
  });
  for (const batch of batches.reverse()) queue.putBack(batch);
  queue.push(report('d'));
  expect(labels(queue.take())).toEqual(['a', 'b', 'c', 'd']);
});

test('a full queue drops the oldest and counts it', () => {
  const queue = new ReportQueue();
  queue.limit = 2;
  for (const label of ['a', 'b', 'c', 'd']) queue.push(report(label));

  expect(labels(queue.take())).toEqual(['c', 'd']);
  expect(queue.dropped).toBe(2);
});

test('what is put back goes ahead of the rest, and the oldest of it is dropped', () => {
  const queue = new ReportQueue();
  queue.limit = 3;
  for (const label of ['a', 'b', 'c']) queue.push(report(label));
  const batch = queue.take();
  queue.push(report('d'));
  queue.putBack(batch);

  expect(queue.dropped).toBe(1);
  expect(labels(queue.take())).toEqual(['b', 'c', 'd']);
});

test('a queue whose limit was lowered comes down to it', () => {
  const queue = new ReportQueue();
  for (let i = 0; i < 10; i++) queue.push(report(`${i}`));
  queue.limit = 3;
  queue.push(report('new'));

  expect(queue.size).toBeLessThanOrEqual(3);
  expect(queue.put).toBe(queue.sent + queue.inFlight + queue.dropped + queue.size);
});

type Step = { push: number } | { take: number } | 'put back' | 'confirm';
const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ take: fc.nat({ max: 200_000 }) }),
    fc.constantFrom('put back', 'confirm'),
  ),
  { maxLength: 40 },
);

test('put = sent + inFlight + dropped + waiting, and order holds, whatever happens', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 }), steps, (limit, todo: readonly Step[]) => {
      const queue = new ReportQueue();
      queue.limit = limit;
      let model: string[] = [];
      const out: Batch[] = [];
      let next = 0;
      let sent = 0;
      for (const step of todo) {
        if (step === 'confirm') {
          const batch = out.shift();
          if (!batch) continue;
          queue.confirm(batch);
          sent += batch.count;
        } else if (step === 'put back') {
          const batch = out.pop();
          if (!batch) continue;
          queue.putBack(batch);
          const room = Math.max(0, limit - model.length);
          model = [...labels(batch).slice(Math.max(0, batch.count - room)), ...model];
        } else if ('push' in step) {
          for (let i = 0; i < step.push; i++) {
            queue.push(report(`${next}`));
            model.push(`${next++}`);
          }
          model = model.slice(-limit);
        } else {
          const batch = queue.take(step.take);
          expect(batch.count).toBeGreaterThanOrEqual(Math.min(1, model.length));
          expect(labels(batch)).toEqual(model.splice(0, batch.count));
          out.push(batch);
        }
        expect(queue.size).toBe(model.length);
        expect(queue.sent).toBe(sent);
        expect(queue.put).toBe(queue.sent + queue.inFlight + queue.dropped + queue.size);
      }
      expect(labels(queue.take(Infinity))).toEqual(model);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('what waits before there is a sender is sent first, and what was dropped is counted', () => {
  const early = new EarlyReports();
  early.limit = 10;
  for (let i = 0; i < 25; i++) early.push(report(`${i}`));
  expect([early.put, early.size, early.dropped]).toEqual([25, 10, 15]);
  const queue = ReportQueue.after(early);
  queue.push(report('last'));

  expect([queue.put, queue.size, queue.dropped, queue.limit]).toEqual([26, 10, 16, 10]);
  expect(labels(queue.take())).toEqual([
    '16',
    '17',
    '18',
    '19',
    '20',
    '21',
    '22',
    '23',
    '24',
    'last',
  ]);
  expect(early.take()).toEqual([]);
  expect(ReportQueue.after(queue, 5)).toBe(queue);
  expect(queue.limit).toBe(5);
});
