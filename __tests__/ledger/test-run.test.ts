import { causalMatchers } from '../../ledger/src/events/matchers';
import { MOST_KEPT } from '../../ledger/src/events/event';
import { TestRun } from '../../ledger/src/events/test-run';
import type { Trace } from '@throughline/runtime/ledger';
import { id } from '../harness/trace-events';

const report = (number: number, parents: number[] = [], more: object = {}) => ({
  taskId: 'a'.repeat(32),
  eventId: id(number),
  parentEventIds: parents.map(id),
  timestamp: 0,
  label: `event ${number}`,
  ...more,
});
// Of a position only the id is read.
const trace = (taskId: string, latest: number[], links: string[] = []): Trace =>
  ({
    ...{ taskId, latest: latest.map((number) => ({ id: id(number) })) },
    notes: links.map((link) => `link ${link}`),
  }) as unknown as Trace;
const remembered = (run: TestRun, ...reports: ReturnType<typeof report>[]) =>
  reports.map((one) => {
    const event = run.add(one);
    run.remember(event);
    return event;
  });

test('a task that is started in a test comes after what came before it', () => {
  const run = new TestRun(1);
  const [before] = remembered(run, report(1));
  run.noteTask('b'.repeat(32), trace('a'.repeat(32), [1]));
  const [first] = remembered(run, report(2, [], { taskId: 'b'.repeat(32) }));

  expect(first).toMatchObject({
    taskId: before!.taskId,
    parentEventIds: [id(1)],
    fields: [['task', 'b'.repeat(16)]],
  });
});

test('what takes in such a task comes after its last event, and not twice after another', () => {
  const run = new TestRun(1);
  const other = 'b'.repeat(32);
  remembered(run, report(1));
  run.noteTask(other, trace('a'.repeat(32), [1]));
  remembered(run, report(2, [], { taskId: other }));
  const link = ['link', `${other}/${id(2)}`];
  const [after] = remembered(run, report(3, [1], { fields: [['user', 'ada'], link] }));

  expect(after).toMatchObject({ parentEventIds: [id(2)], fields: [['user', 'ada']] });
});

test('a task that came back with half of its id is still the same', () => {
  const run = new TestRun(1);
  run.noteTask('b'.repeat(32), trace('a'.repeat(32), []));

  expect(run.has('b'.repeat(16).padStart(32, '0'))).toBe(true);
  expect(run.has(run.taskId.slice(-16))).toBe(true);
  expect(run.has('c'.repeat(32))).toBe(false);
});

test('a link to a task of another test, and a field of that name, stay as they are', () => {
  const run = new TestRun(1);
  const fields = [
    ['link', `${'c'.repeat(32)}/${id(9)}`],
    ['link', 'https://example.org'],
  ];
  const [event] = remembered(run, report(1, [], { fields }));

  expect(event).toMatchObject({ parentEventIds: [], fields });
});

test('what runs next comes after what ran before, also when it has no trace', () => {
  const run = new TestRun(1);
  remembered(run, report(1));
  run.advanceTo(trace('a'.repeat(32), [1]));
  run.advanceTo(undefined);

  expect(run.add(report(2)).parentEventIds).toEqual([id(1)]);
  expect(run.lastEvent().parentEventIds).toEqual([id(1)]);
});

test('of a test that logs without end, the newest are kept, and what is lost is said', () => {
  const run = new TestRun(1);
  for (let number = 1; number <= MOST_KEPT + 5; number++) remembered(run, report(number));
  const matchers = causalMatchers(() => run);
  const context = { isNot: false, promise: '', utils: { matcherHint: () => 'hint' } };
  const { pass, message } = matchers['toHaveCaused']!.call(context, 'event 1', 'event 6');

  expect(run.events.size).toBe(MOST_KEPT);
  expect(pass).toBe(false);
  expect(message()).toContain('No event of this test has the id or label "event 1".');
  expect(message()).toContain(`and ${MOST_KEPT - 20} more`);
  expect(message()).toContain(
    `Only the last ${MOST_KEPT} events of this test are kept; 5 earlier ones were dropped.`,
  );
});
