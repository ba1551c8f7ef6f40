import { getLocal, register, setLocal } from '@throughline/runtime';
import * as timers from 'node:timers';
import { inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const look = (): string => getLocal(user);

type Callback = () => void;
type Schedule = (callback: Callback, ...rest: never[]) => unknown;

const through = (schedule: unknown, callback: Callback): unknown =>
  (schedule as Schedule)(callback);
class Queue {
  defer: (callback: Callback) => unknown = setImmediate;
  static later = queueMicrotask;
}
function withDefault(callback: Callback, timer: Schedule = setTimeout as never): void {
  timer(callback);
}
function destructured(
  callback: Callback,
  { timer = setImmediate as unknown as Schedule } = {},
): void {
  timer(callback);
}
const makes = (): Schedule => setImmediate as never;
const idle = (globalThis as { requestIdleCallback?: Schedule }).requestIdleCallback ?? setImmediate;
const { setTimeout: renamed, queueMicrotask: soon } = globalThis;
const { setImmediate: missing = setTimeout } = globalThis;
const alias = setTimeout;
const aliasOfAlias = alias;
const { nextTick } = process;
export const exported = setImmediate;

const ways: readonly (readonly [string, (callback: Callback) => unknown])[] = [
  ['an argument', (callback) => through(setTimeout, callback)],
  ['an argument of globalThis', (callback) => through(globalThis.setImmediate, callback)],
  ['an argument of a module', (callback) => through(timers.setImmediate, callback)],
  ['process.nextTick as an argument', (callback) => through(process.nextTick, callback)],
  ['an alias as an argument', (callback) => through(alias, callback)],
  ['a renamed global as an argument', (callback) => through(renamed, callback)],
  ['a sequence as an argument', (callback) => through((void 0, setTimeout), callback)],
  ['a property', (callback) => ({ defer: setTimeout }).defer(callback)],
  ['a property in short', (callback) => ({ setTimeout }).setTimeout(callback)],
  ['a field', (callback) => new Queue().defer(callback)],
  ['a static field', (callback) => Queue.later(callback)],
  ['a default', (callback) => withDefault(callback)],
  ['a default of a pattern', (callback) => destructured(callback)],
  ['a returned function', (callback) => makes()(callback)],
  ['an element', (callback) => [setTimeout][0]!(callback)],
  ['an element of a spread list', (callback) => through([...[setTimeout]][0], callback)],
  [
    'a variable',
    (callback) => {
      let timer;
      // eslint-disable-next-line prefer-const -- the case is a variable that gets the function later
      timer = callback.length > 5 ? setTimeout : setImmediate;
      timer(callback);
    },
  ],
  [
    'a variable with ||=',
    (callback) => {
      let timer: Schedule | undefined;
      // eslint-disable-next-line prefer-const -- a constant cannot be assigned with ||=
      timer ||= setTimeout as never;
      timer(callback);
    },
  ],
  ['an alias', (callback) => alias(callback, 0)],
  ['an alias of an alias', (callback) => aliasOfAlias(callback, 0)],
  ['a renamed global', (callback) => renamed(callback, 0)],
  ['a destructured global', (callback) => soon(callback)],
  ['a destructured global with a default', (callback) => missing(callback, 0)],
  ['nextTick of process', (callback) => nextTick(callback)],
  ['a fallback', (callback) => idle(callback)],
  [
    'self',
    (callback) =>
      (globalThis as never as { self: typeof globalThis }).self?.setTimeout(callback) ?? callback(),
  ],
  ['global', (callback) => global['setTimeout'](callback, 0)],
  ['call', (callback) => setTimeout.call(null, callback, 0)],
  ['apply', (callback) => setTimeout.apply(null, [callback, 0])],
  ['bind', (callback) => setTimeout.bind(null, callback, 0)()],
  ['bind, then the callback', (callback) => (setTimeout.bind(null) as Schedule)(callback)],
  ['Reflect.apply', (callback) => Reflect.apply(setTimeout, null, [callback, 0])],
  ['an optional call', (callback) => setTimeout?.(callback, 0)],
  ['an export', (callback) => through(exported, callback)],
];

test('a function of the file that is named as one that compares is handed what carries context', async () => {
  const t = (schedule: Schedule): Promise<string> =>
    new Promise((resolve) => schedule(() => resolve(look())));
  const seen = await (async () => {
    setLocal(user, 'ada');
    return t(setTimeout);
  })();

  expect(seen).toBe('ada');
});

describe.each(ways)('%s', (_name, schedule) => {
  test('the callback runs in the frame it was handed over in', async () => {
    setLocal(user, 'ada');
    const watch = sentry(look);
    const found = await new Promise<string>((resolve) => {
      schedule(() => {
        resolve(getLocal(user));
        setLocal(user, 'eve');
      });
      setLocal(user, 'bob');
    });
    const leaked = watch.stop();

    expect(found).toBe('ada');
    expect(await inImmediate(look)).toBe('nobody');
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });
});

describe('Jest', () => {
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  test('fake timers run what was scheduled, directly and by value', () => {
    jest.useFakeTimers();
    setLocal(user, 'ada');
    const found: string[] = [];
    setTimeout(() => found.push(getLocal(user)), 1000);
    through(setTimeout, () => found.push(getLocal(user)));
    setInterval(() => found.push(getLocal(user)), 600);
    setLocal(user, 'bob');
    expect(jest.getTimerCount()).toBe(3);
    jest.advanceTimersByTime(1000);

    expect(found).toEqual(['ada', 'ada', 'ada']);
    expect(getLocal(user)).toBe('bob');
  });

  test('a spy sees calls, and is seen through the global', () => {
    jest.useFakeTimers();
    const spy = jest.spyOn(global, 'setTimeout');
    setTimeout(() => {}, 10);
    through(setTimeout, () => {});

    expect(setTimeout).toHaveBeenCalledTimes(2);
    expect(spy).toHaveBeenCalledTimes(2);
    expect(setTimeout).toHaveBeenNthCalledWith(1, expect.any(Function), 10);
    expect(global.setTimeout).toBe(spy);
    expect(jest.isMockFunction(setTimeout)).toBe(true);
    expect(jest.mocked(setTimeout).mock.calls).toHaveLength(2);
  });

  test('a global that is replaced and put back is the one it was', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'setTimeout')!.value as unknown;
    const original = global.setTimeout;
    let saved;
    // eslint-disable-next-line prefer-const -- the case is a variable that gets the global later
    saved = global.setTimeout;
    global.setTimeout = jest.fn() as never;
    setTimeout(() => {}, 1);
    expect(global.setTimeout).toHaveBeenCalledTimes(1);
    global.setTimeout = original;
    expect(Object.getOwnPropertyDescriptor(globalThis, 'setTimeout')!.value).toBe(before);
    global.setTimeout = saved;

    expect(Object.getOwnPropertyDescriptor(globalThis, 'setTimeout')!.value).toBe(before);
  });
});
