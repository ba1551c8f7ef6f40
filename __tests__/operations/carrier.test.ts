import { extract, inject } from '../../runtime/src/operations';
import type { Carrier } from '../../runtime/src/operations';
import { getEventId, getTaskId, log, startTask } from '../../runtime/src/xtrace/node';
import { takeReports } from '../harness/reports';

beforeEach(() => {
  takeReports();
  startTask();
});

const carriers: readonly (readonly [string, () => Carrier])[] = [
  ['a plain object', () => ({})],
  ['Headers', () => new Headers()],
  ['a Map', () => new Map<string, unknown>() as never],
  ['an object without a prototype', () => Object.create(null) as Carrier],
];

test.each(carriers)('%s takes a task on', (_, make) => {
  const taskId = getTaskId();
  const sent = log('sent');
  const carrier = inject(make());
  startTask();
  const inside = extract(carrier, () => {
    log('received');
    return getTaskId();
  });

  expect(inside).toBe(taskId);
  expect(getTaskId()).not.toBe(taskId);
  expect(takeReports().find(({ label }) => label === 'received')!.parentEventIds).toEqual([sent]);
});

test('bytes are read as text, and what else is in the carrier stays', () => {
  const sent = log('sent');
  const { traceparent, ...others } = inject({ own: 1 } as Record<string, unknown>);
  expect(others).toEqual({ own: 1 });
  extract({ traceparent: Buffer.from(String(traceparent)) }, () => log('received'));

  expect(takeReports().at(-1)!.parentEventIds).toEqual([sent]);
});

test('without an event, one is logged, because there must be one to come after', () => {
  const carrier = inject({});
  expect(takeReports().map(({ label, eventId }) => [label, eventId])).toEqual([
    ['send', getEventId()],
  ]);
  expect(carrier).toEqual({ traceparent: `00-${getTaskId()}-${getEventId()}-01` });
});

test('the data of other systems goes on', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const carrier = extract({ traceparent, tracestate: 'congo=t61' }, () => {
    log('here');
    return inject({});
  });
  expect(carrier).toEqual({
    traceparent: expect.stringContaining('a'.repeat(32)) as string,
    tracestate: 'congo=t61',
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['zeros', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`],
  ['capitals', `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`],
  ['another format', 'x'.repeat(1e6)],
  ['an object', {}],
])('%s begins a task', (_, traceparent) => {
  const taskId = getTaskId();
  extract({ traceparent }, () => {
    expect(getTaskId()).not.toBe(taskId);
    log('first');
  });
  expect(takeReports()[0]!.parentEventIds).toEqual([]);
});

test('nothing at all begins a task', () => {
  extract(undefined, () => log('first'));
  expect(takeReports()[0]!.parentEventIds).toEqual([]);
});

test('what it runs may fail, and is as it was after', () => {
  const taskId = getTaskId();
  const fail = (): never => {
    throw new RangeError('no');
  };
  expect(() => extract({}, fail)).toThrow(RangeError);
  expect(getTaskId()).toBe(taskId);
});
