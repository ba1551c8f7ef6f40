import { getLocal, register, setLocal } from '@throughline/runtime';
import * as fs from 'node:fs';
import util, { promisify } from 'node:util';
import { inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const look = (): string => getLocal(user);

type Callback = (error: Error | null, value?: unknown) => void;

/** Who calls back: a strand of its own. */
async function answer(name: string, callback: () => void): Promise<void> {
  setLocal(user, name);
  setLocal(seen, [name]);
  await new Promise((resolve) => setImmediate(resolve));
  callback();
}

const ways: readonly (readonly [
  string,
  (fn: (callback: Callback) => void) => () => Promise<unknown>,
])[] = [
  ['promisify', (fn) => promisify(fn)],
  ['util.promisify', (fn) => util.promisify(fn)],
];
describe.each(ways)('%s', (_name, wrap) => {
  test('the promise joins who calls back', async () => {
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    const ask = wrap((callback) => void answer('answerer', () => callback(null, 7)));
    const watch = sentry(look);
    const value = await ask();
    const leaked = watch.stop();

    expect([value, getLocal(user), getLocal(seen)]).toEqual([7, 'ada', ['mine', 'answerer']]);
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });

  test('the promise joins who calls back with an error', async () => {
    setLocal(seen, ['mine']);
    const ask = wrap((callback) => void answer('answerer', () => callback(new Error('boom'))));
    const caught: unknown[] = [];
    try {
      await ask();
    } catch (error) {
      caught.push((error as Error).message, getLocal(seen));
    }

    expect(caught).toEqual(['boom', ['mine', 'answerer']]);
  });

  test('calls at the same time each join their own', async () => {
    let number = 0;
    const ask = wrap((callback) => {
      const mine = ++number;
      void answer(`answer ${mine}`, () => callback(null, mine));
    });
    const one = async (): Promise<unknown> => {
      const value = await ask();
      return [value, getLocal(seen)];
    };
    setLocal(seen, []);

    expect(await Promise.all([one(), one()])).toEqual([
      [1, ['answer 1']],
      [2, ['answer 2']],
    ]);
  });

  test('the function runs in the frame of whoever calls it', async () => {
    const found: string[] = [];
    const ask = wrap((callback) => {
      found.push(getLocal(user));
      setImmediate(() => callback(null));
    });
    setLocal(user, 'ada');
    await ask();
    setLocal(user, 'bob');
    await ask();

    expect(found).toEqual(['ada', 'bob']);
    expect(await inImmediate(look)).toBe('nobody');
  });
});

test('promisified functions of Node join nothing and keep the frame', async () => {
  setLocal(user, 'ada');
  setLocal(seen, ['mine']);
  expect(await promisify(setTimeout)(1, 'value')).toBe('value');
  expect(await promisify(setImmediate)('value')).toBe('value');
  expect(await promisify(fs.readFile)(__filename, 'utf8')).toContain('promisify(fs.readFile)');
  expect(await promisify(fs.exists)(__filename)).toBe(true);

  expect([getLocal(user), getLocal(seen)]).toEqual(['ada', ['mine']]);
});

test('a custom form that is async is joined', async () => {
  const fn = Object.assign(() => {}, {
    [promisify.custom]: async () => {
      setLocal(seen, ['custom']);
      await null;
      return 7;
    },
  });
  setLocal(seen, ['mine']);

  expect(await promisify(fn as never)()).toBe(7);
  expect(getLocal(seen)).toEqual(['mine', 'custom']);
});
