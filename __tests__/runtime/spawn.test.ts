import {
  getLocal,
  getSpawnCallback,
  register,
  setLocal,
  snapshot,
  wrap,
} from '@throughline/runtime';

const calls: string[] = [];
const user = register('nobody');
const path = register('root', {
  spawn: (parent) => {
    calls.push(parent);
    return `${parent}/child`;
  },
});
const record = register<{ hits: number }>(() => ({ hits: 0 }));

/** Every case once from root, once in a strand that set nothing, once in one that set the slot. */
const states: readonly (readonly [string, (work: () => void) => void])[] = [
  ['outside every strand', (work) => work()],
  ['in a strand that set nothing', (work) => snapshot().run(work)],
  [
    'in a strand with a slot set',
    (work) =>
      snapshot().run(() => {
        setLocal(user, 'cleo');
        work();
      }),
  ],
];

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
beforeEach(settle);

describe.each(states)('%s', (_name, within) => {
  test('work runs in the frame of the spawn point', () =>
    within(() => {
      const before = getLocal(user);
      const child = getSpawnCallback();
      const kept = snapshot();
      const wrapped = wrap(() => getLocal(user));
      setLocal(user, 'ada');

      expect(child.run(() => getLocal(user))).toBe(before);
      expect(kept.run(() => getLocal(user))).toBe(before);
      expect(wrapped()).toBe(before);
      expect(getLocal(user)).toBe('ada');
    }));

  test('the frame comes back when the work throws', () =>
    within(() => {
      setLocal(user, 'ada');
      const fail = (): never => {
        setLocal(user, 'eve');
        throw new Error('boom');
      };
      expect(() => getSpawnCallback().run(fail)).toThrow('boom');
      expect(() => snapshot().run(fail)).toThrow('boom');
      expect(() => wrap(fail)()).toThrow('boom');

      expect(getLocal(user)).toBe('ada');
    }));

  test('what one run sets the next one does not see', () =>
    within(() => {
      const before = getLocal(user);
      const change = (): string => {
        const found = getLocal(user);
        setLocal(user, 'eve');
        return found;
      };
      const child = getSpawnCallback();
      const kept = snapshot();
      const wrapped = wrap(change);

      for (let i = 0; i < 3; i++) {
        expect([child.run(change), kept.run(change), wrapped()]).toEqual([before, before, before]);
      }
    }));

  test('the spawn callback of a slot runs in the parent, at the spawn point', () =>
    within(() => {
      const parent = getLocal(path);
      calls.length = 0;
      const child = getSpawnCallback();
      expect(calls).toEqual([parent]);
      setLocal(path, 'moved');

      expect(child.run(() => getLocal(path))).toBe(`${parent}/child`);
      expect(calls).toEqual([parent]);
      expect(child.run(() => getLocal(path))).toBe(`${parent}/child`);
    }));
});

test('arguments, results and the receiver go through', () => {
  const receiver = { name: 'receiver' };
  function describe(this: unknown, a: number, b: number): unknown[] {
    return [this, a, b];
  }
  const wrapped = wrap(describe);

  expect(getSpawnCallback().run((a: number, b: number) => a + b, 1, 2)).toBe(3);
  expect(snapshot().run((a: number, b: number) => a * b, 3, 4)).toBe(12);
  expect(wrapped.call(receiver, 1, 2)).toEqual([receiver, 1, 2]);
  expect(wrapped.name).toBe('describe');
  expect(wrapped.length).toBe(2);
});

test('work spawned from root has a record of its own at every run', () => {
  const child = getSpawnCallback();
  const kept = snapshot();
  const records = [
    child.run(() => getLocal(record)),
    child.run(() => getLocal(record)),
    kept.run(() => getLocal(record)),
    kept.run(() => getLocal(record)),
  ];

  expect(new Set(records).size).toBe(4);
});

test('work spawned in a strand shares its record', () => {
  const [mine, theirs] = snapshot().run(() => [
    getLocal(record),
    getSpawnCallback().run(() => getLocal(record)),
  ]);

  expect(theirs).toBe(mine);
});

test('a snapshot may be used inside another one', () => {
  const named = (name: string): ReturnType<typeof snapshot> =>
    snapshot().run(() => {
      setLocal(user, name);
      return snapshot();
    });
  const [ada, bob] = [named('ada'), named('bob')];
  const read = ada.run(() => [getLocal(user), bob.run(() => getLocal(user)), getLocal(user)]);

  expect(read).toEqual(['ada', 'bob', 'ada']);
  expect(getLocal(user)).toBe('nobody');
});
