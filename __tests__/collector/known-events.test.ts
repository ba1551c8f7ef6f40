import { KnownEvents } from '../../collector/src/store/known-events';

/** More events than a generation has. */
const MANY = 600_000;

test('an event is new once, and known with its contents', () => {
  const known = new KnownEvents();

  expect(known.add(1, 2, 3, 4)).toBe('new');
  expect(known.add(1, 2, 3, 4)).toBe('same');
  expect(known.add(1, 2, 3, 5)).toBe('other');
  for (const [task, low, high] of [
    [2, 2, 3],
    [1, 3, 3],
    [1, 2, 4],
  ] as const) {
    expect(known.add(task, low, high, 4)).toBe('new');
  }
});

test('a generation that is full is kept, and the one before it is forgotten', () => {
  const known = new KnownEvents();
  const since = known.generation;
  for (let i = 0; i < 2 * MANY; i++) known.add(1, i, 0, 1);

  expect(known.generation).toBe(since + 2);
  expect(known.knowsSince(since)).toBe(false);
  expect(known.knowsSince(since + 1)).toBe(true);
  expect(known.add(1, 2 * MANY - 1, 0, 1)).toBe('same');
});

test('all events of a task that is loaded are known, however many they are', () => {
  const known = new KnownEvents();
  const since = known.generation;
  for (let i = 0; i < 2 * MANY; i++) known.load(1, i, 0, 1);

  expect(known.generation).toBe(since);
  for (const i of [0, 1, MANY, 2 * MANY - 1]) expect(known.add(1, i, 0, 1)).toBe('same');
});

test('ids that a sender chooses do not make it slow', () => {
  const known = new KnownEvents();
  // They would fall into one place if the words were only combined.
  for (let task = 1; task <= 50_000; task++) expect(known.add(task, 77 ^ task, 5, 1)).toBe('new');
});
