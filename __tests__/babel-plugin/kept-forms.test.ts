import { instrumentSync } from '../../babel-plugin/src/adapters/transform';
import { run } from '../harness/instrument';

function written(code: string, file = '/app/a.js'): string {
  return instrumentSync(code, { file, options: {}, format: 'module' })!.code;
}

describe('a test runner reads the names of fixtures out of functions', () => {
  test.each([
    ['of a test object of any name', `it2('adds', async ({ page }) => { await page; });`, 'page'],
    ['of a table', 'it2(`adds ${n}`, async ({ page }) => { await page; });', 'page'],
    ['of a hook around tests', 'aroundEach(async (run, { page }) => { await run(); });', 'page'],
  ])('%s', (_what, code, name) => {
    expect(written(code)).toMatch(new RegExp(`async \\((?:run, )?\\{\\s*${name}\\s*\\}\\) =>`));
  });

  test('parentheses around one parameter of a hook stay, and no body is read for them', () => {
    const code = written(
      `aroundEach((run) => user.run('ada', run)); async function f() { await 1; }`,
    );

    expect(code).toMatch(/aroundEach\((?:\w+\([^,]*, )?\(run, \{\}\) =>/);
  });
});

describe('a function whose text is read is as it was, and carries what it has reached', () => {
  type Kept = ((...args: unknown[]) => Promise<unknown>) & { readonly prototype?: unknown };
  const BODY = `{ await null; setLocal(slot, [...getLocal(slot), 'inside ' + page]); return page; }`;
  const forms: readonly (readonly [string, string, string, number])[] = [
    ['an arrow', `async ({ page }) => ${BODY}`, '', 1],
    ['a function', `async function ({ page }, more) ${BODY}`, '', 2],
    ['a function with a name', `async function load({ page }) ${BODY}`, 'load', 1],
    ['a member', `{ f: async ({ page }) => ${BODY} }`, 'f', 1],
    ['a method', `{ async f({ page }) ${BODY} }`, 'f', 1],
    ['a method with a computed name', `{ async ['a' + 'b']({ page }) ${BODY} }`, 'ab', 1],
    ['a computed member', `{ ['a' + 'b']: async ({ page }) => ${BODY} }`, 'ab', 1],
    ['a method that is called __proto__', `{ async __proto__({ page }) ${BODY} }`, '__proto__', 1],
    ['in a list', `[1, async ({ page }) => ${BODY}]`, '', 1],
  ];
  /** Runs a program that hands a function over beside a text, and calls it. */
  const outcome = (fn: string): { got: Kept; called: Promise<unknown> } =>
    run(`
      import { register, getLocal, setLocal } from '@throughline/runtime';
      const slot = register([], { join: (mine, theirs) => [...new Set([...mine, ...theirs])] });
      let got;
      const keep = (text, given) => {
        got = typeof given === 'function' ? given : Reflect.ownKeys(given).map((key) => given[key]).find((one) => typeof one === 'function');
      };
      keep('name', ${fn});
      export { got };
      export const called = (async () => {
        const value = await got({ page: 'one' });
        return [value, getLocal(slot)];
      })();
    `) as never;

  test.each(forms)('%s', async (_what, fn, name, length) => {
    const { got, called } = outcome(fn);

    expect(await called).toEqual(['one', ['inside one']]);
    expect([got.name, got.length]).toEqual([name, length]);
    expect(Object.prototype.toString.call(got)).toBe('[object AsyncFunction]');
    expect(String(got)).toMatch(/\(\{\s*page\s*\}/);
    expect(Object.keys(got)).toEqual([]);
    expect('prototype' in got).toBe(false);
    expect(() => new (got as never as new () => unknown)()).toThrow(TypeError);
    await expect(got(undefined)).rejects.toThrow(TypeError);
  });

  test('others that are called for its parameters keep what is theirs', async () => {
    const { called } = run(`
      import { register, getLocal, setLocal } from '@throughline/runtime';
      const slot = register([], { join: (mine, theirs) => [...new Set([...mine, ...theirs])] });
      let inner, outer;
      const keep = (text, given) => given;
      const note = keep('a', async ({ name }) => { await null; setLocal(slot, [name]); return name; });
      const both = keep('b', async ({ page = note({ name: 'default' }) }) => {
        await null;
        setLocal(slot, ['body']);
        return (await null, { page });
      });
      export const called = (async () => {
        const { page } = await both({});
        const before = getLocal(slot);
        await page;
        return [before, getLocal(slot)];
      })();
    `) as { called: Promise<unknown> };

    expect(await called).toEqual([['body'], ['body', 'default']]);
  });

  test('a method that uses super stays a method', async () => {
    const { called } = run(`
      const keep = (text, given) => given;
      const base = { greet: () => 'hello' };
      const made = keep('a', { __proto__: base, async greet({ name }) { await null; return super.greet() + name; } });
      export const called = made.greet({ name: 'you' });
    `) as { called: Promise<unknown> };

    expect(await called).toBe('helloyou');
  });
});

test.each([
  ['a member', '(<b></b>).type'],
  ['a call', '(<b></b>).toString()'],
  ['an optional one', '(<></>)?.props'],
])('JSX in parentheses keeps them: %s', (_what, expression) => {
  const code = written(`async function f() { await 1; return ${expression}; }`, '/app/a.tsx');

  expect(code).toContain(expression);
});
