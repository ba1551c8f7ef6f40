import { instrument } from '../harness/instrument';
import { inImmediate } from '../harness/uncompiled';
import * as compiled from '../../runtime/src/compiled';
import * as kernel from '../../runtime/src/kernel/index';
import * as runtime from '../../runtime/src/index';

// A frame that is left behind stays: it must not fail the tests after it.
afterEach(() => kernel.setCurrentFrame(kernel.OUTSIDE));

/** Runs a module with top-level `await`, as an engine would: its code is the body of a strand. */
function evaluateModule(code: string, given: Record<string, unknown> = {}): Promise<unknown> {
  const modules: Record<string, unknown> = {
    '@throughline/runtime': runtime,
    '@throughline/runtime/compiled': compiled,
  };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const names = ['require', 'exports', ...Object.keys(given)];
  const body = new AsyncFunction(...names, instrument(code, {}, { commonjs: true }));
  return (body as unknown as (...args: unknown[]) => Promise<unknown>)(
    (name: string) => modules[name],
    {},
    ...Object.values(given),
  );
}

const user = runtime.register('nobody');
const get = (): string => runtime.getLocal(user);
const set = (value: string): void => runtime.setLocal(user, value);

/** What uncompiled code sees, tick by tick, until the module is evaluated. */
async function seenOutside(evaluated: Promise<unknown>): Promise<string[]> {
  const seen = [get()];
  let isDone = false;
  const done = evaluated.then(
    () => (isDone = true),
    () => (isDone = true),
  );
  while (!isDone) {
    await null;
    seen.push(get());
  }
  await done;
  return [...seen, get()];
}

test('a module is a strand: what it sets lasts across an await', async () => {
  const seen: string[] = [];
  await evaluateModule("set('ada'); await null; note(get()); await null; note(get());", {
    ...{ get, set },
    note: (value: string) => seen.push(value),
  });

  expect(seen).toEqual(['ada', 'ada']);
});

test.each([
  ['that ends', "set('ada'); await null; await null;"],
  ['that awaits a rejection', "set('ada'); await Promise.reject(new Error('boom'));"],
  ['that awaits nothing in the end', "set('ada'); if (get() === 'grace') await null;"],
])('a module %s leaves no frame behind', async (_, code) => {
  const seen = await seenOutside(evaluateModule(code, { get, set }));

  expect(new Set(seen)).toEqual(new Set(['nobody']));
});

// Nothing can stand around a module's statements, so a microtask leaves the frame of one that throws.
test.each([
  ['that throws at once', "set('ada'); throw new Error('boom'); await null;"],
  ['that throws after an await', "await null; set('ada'); throw new Error('boom');"],
  [
    'with a for await that rejects',
    "set('ada'); for await (const x of [Promise.reject(new Error('boom'))]);",
  ],
  [
    'whose for await is left by an error',
    "set('ada'); for await (const x of [1]) throw new Error('boom');",
  ],
])('a module %s leaves no frame behind its own run', async (_, code) => {
  await expect(evaluateModule(code, { get, set })).rejects.toThrow('boom');

  expect(await inImmediate(get)).toBe('nobody');
});
