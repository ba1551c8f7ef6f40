import fc from 'fast-check';
import { ReportQueue } from '../../runtime/src/xtrace/queue';
import type { Report } from '../../runtime/src/xtrace/report';

const report = (label: string): Report => ({
  taskId: '0'.repeat(32),
  eventId: '0'.repeat(16),
  parentEventIds: [],
  timestamp: 0,
  label,
});
const labels = (batch: readonly Report[]): string[] => batch.map(({ label }) => label);

test('reports leave in the order in which they came', () => {
  const queue = new ReportQueue();
  for (const label of ['a', 'b', 'c']) queue.push(report(label));

  expect(labels(queue.take(2))).toEqual(['a', 'b']);
  expect(labels(queue.take(2))).toEqual(['c']);
  expect(labels(queue.take(2))).toEqual([]);
});

test('a full queue drops the oldest and counts it', () => {
  const queue = new ReportQueue();
  queue.limit = 2;
  for (const label of ['a', 'b', 'c', 'd']) queue.push(report(label));

  expect(labels(queue.take(9))).toEqual(['c', 'd']);
  expect(queue.dropped).toBe(2);
});

test('what is put back goes ahead of the rest, and the oldest of it is dropped', () => {
  const queue = new ReportQueue();
  queue.limit = 3;
  for (const label of ['a', 'b', 'c']) queue.push(report(label));
  const batch = queue.take(3);
  queue.push(report('d'));
  queue.putBack(batch);

  expect(queue.dropped).toBe(1);
  expect(labels(queue.take(9))).toEqual(['b', 'c', 'd']);
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
    fc.record({ take: fc.nat({ max: 3000 }) }),
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
      const out: (readonly Report[])[] = [];
      let next = 0;
      let sent = 0;
      for (const step of todo) {
        if (step === 'confirm') {
          const batch = out.shift();
          if (!batch) continue;
          queue.confirm(batch);
          sent += batch.length;
        } else if (step === 'put back') {
          const batch = out.pop();
          if (!batch) continue;
          queue.putBack(batch);
          const room = Math.max(0, limit - model.length);
          model = [...labels(batch).slice(Math.max(0, batch.length - room)), ...model];
        } else if ('push' in step) {
          for (let i = 0; i < step.push; i++) {
            queue.push(report(`${next}`));
            model.push(`${next++}`);
          }
          model = model.slice(-limit);
        } else {
          const batch = queue.take(step.take);
          expect(labels(batch)).toEqual(model.splice(0, step.take));
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
