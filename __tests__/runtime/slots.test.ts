import { getLocal, register, setLocal, snapshot, ThroughlineError } from '@throughline/runtime';
import { currentFrame } from '../harness/runtime';
import { inImmediate } from '../harness/uncompiled';

const user = register('nobody');
const record = register<{ hits: number }>(() => ({ hits: 0 }));

/** Runs `work` in a strand that starts from root, on a stack of its own. */
function inStrand<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(snapshot().run(work))));
}

test('a slot that was never set reads as its initial value', async () => {
  expect(await inStrand(() => getLocal(user))).toBe('nobody');
});

test('a slot that was set reads as that value until the strand is left', async () => {
  const read = await inStrand(() => {
    setLocal(user, 'ada');
    return getLocal(user);
  });

  expect(read).toBe('ada');
  expect(getLocal(user)).toBe('nobody');
});

test('undefined is a value like any other', async () => {
  const maybe = register<string | undefined>('initial');
  const read = await inStrand(() => {
    setLocal(maybe, undefined);
    return getLocal(maybe);
  });

  expect(read).toBeUndefined();
});

test('slots do not disturb each other, in whatever order they are set', async () => {
  const many = Array.from({ length: 20 }, (_, i) => register(i));
  const read = await inStrand(() => {
    for (const i of [19, 3, 7, 0]) setLocal(many[i]!, i * 100);
    return many.map((token) => getLocal(token));
  });

  expect(read).toEqual(many.map((_, i) => ([19, 3, 7, 0].includes(i) ? i * 100 : i)));
});

test('strands from root never share the record of a factory', async () => {
  const records = [
    await inStrand(() => getLocal(record)),
    await inStrand(() => getLocal(record)),
    getLocal(record),
  ];

  expect(new Set(records).size).toBe(3);
});

test('a strand keeps the record of a factory, and shares it with what it spawns', async () => {
  const [first, second, child] = await inStrand(() => [
    getLocal(record),
    getLocal(record),
    snapshot().run(() => getLocal(record)),
  ]);

  expect(second).toBe(first);
  expect(child).toBe(first);
});

test('a slot that is registered late has its initial value in strands that run', async () => {
  const read = await inStrand(() => {
    setLocal(user, 'ada');
    const late = register<{ name: string }>(() => ({ name: 'late' }));
    return [getLocal(late), getLocal(late)] as const;
  });

  expect(read[0]).toEqual({ name: 'late' });
  expect(read[1]).toBe(read[0]);
});

test('a slot set outside every strand reaches nothing that it does not lead to', async () => {
  setLocal(user, 'ada');
  expect(getLocal(user)).toBe('ada');

  expect(await inImmediate(() => getLocal(user))).toBe('nobody');
});

test('what is no token is refused with a code', () => {
  expect(() => setLocal({ index: 0 } as never, 1)).toThrow(ThroughlineError);
  expect(() => setLocal(undefined as never, 1)).toThrow(/TL_TOKEN_INVALID/);
  expect(() => getLocal(undefined as never)).toThrow(/TL_TOKEN_INVALID/);
  expect(() => getLocal({ index: 0, hasFactory: false } as never)).toThrow(/TL_TOKEN_INVALID/);
});

test('the frame of code that is in no strand is one and the same', async () => {
  const frames = new Set<unknown>();
  frames.add(await new Promise((resolve) => setImmediate(() => resolve(currentFrame()))));
  await inStrand(() => setLocal(user, 'ada'));
  frames.add(await new Promise((resolve) => setImmediate(() => resolve(currentFrame()))));

  expect(frames.size).toBe(1);
});
