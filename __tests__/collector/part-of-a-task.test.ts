import { ask, startTestCollector } from '../harness/test-collector';
import type { Collector } from '@throughline/collector';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { event, id } from '../harness/trace-events';

const a = { processName: 'a' };
const b = { processName: 'b' };
/** 1 forks into 2 and 3; 3 goes through 4 in another process; 2 and 4 join in 5; 6 comes after. 7 is beside. */
const TASK = [
  event(1, 1, [], a),
  event(1, 2, [1], a),
  event(1, 3, [1], a),
  event(1, 4, [3], b),
  event(1, 5, [2, 4], a),
  event(1, 6, [5], a),
  event(1, 7, [1], b),
];

let collector: Collector;
beforeAll(async () => {
  collector = await startTestCollector();
  await collector.addEvents(TASK);
});
afterAll(() => collector.close());
interface Answer {
  events: TraceEvent[];
  matching: number;
  code?: string;
}
const get = async (query: string): Promise<Answer> =>
  (await ask<Answer>(collector, `/api/tasks/${id(1)}/events?${query}`)).body;
const numbers = async (query: string): Promise<number[]> =>
  (await get(query)).events.map(({ eventId }) => Number.parseInt(eventId, 16));

test.each([
  ['', [1, 2, 3, 4, 5, 6, 7]],
  [`event=${id(5)}`, [1, 2, 3, 4, 5]],
  [`event=${id(5)}&relation=ancestors`, [1, 2, 3, 4, 5]],
  [`event=${id(3)}&relation=descendants`, [3, 4, 5, 6]],
  [`event=${id(3).toUpperCase()}&relation=neighbours`, [1, 3, 4]],
  ['process=b', [4, 7]],
  ['process=none', []],
  [`from=${TASK[2]!.timestamp}&to=${TASK[4]!.timestamp}`, [3, 4, 5]],
  [`event=${id(5)}&process=a&from=${TASK[1]!.timestamp}`, [2, 3, 5]],
  ['limit=2&offset=3', [4, 5]],
  ['offset=99', []],
])('%j', async (query, expected) => {
  expect(await numbers(query)).toEqual(expected);
});

test('events are whole, with how many there are', async () => {
  expect(await get('limit=1&process=a')).toEqual({
    taskId: id(1),
    events: [TASK[0]],
    matching: 5,
  });
});

test.each([
  [`event=${id(99)}`, 'TL_QUERY_INVALID'],
  [`event=${id(1)}&relation=cousins`, 'TL_QUERY_INVALID'],
  ['limit=100000', 'TL_QUERY_INVALID'],
  ['from=yesterday', 'TL_QUERY_INVALID'],
])('%j is refused', async (query, code) => {
  expect(await get(query)).toMatchObject({ code });
});

test('a task of which nothing has arrived is told', async () => {
  const { status } = await ask(collector, `/api/tasks/${id(9)}/events`);

  expect(status).toBe(404);
});
