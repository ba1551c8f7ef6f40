import * as kernel from '../../runtime/src/kernel/index';
import { getLocal, register, setLocal } from '../../runtime/src/index';
import { instrument, run } from '../harness/instrument';

// A frame that is left behind stays: it must not fail the tests after it.
afterEach(() => kernel.setCurrentFrame(kernel.OUTSIDE));

const isRewritten = (code: string): boolean => instrument(code).includes('@throughline/runtime');

describe('throughline: off', () => {
  test.each([
    ['a call', '// throughline: off\nsetTimeout(tick, 10);'],
    ['a declaration', '// throughline: off\nasync function f() { await 1; }'],
    ['an export', '// throughline: off\nexport async function f() { await 1; }'],
    ['a default export', '// throughline: off\nexport default async () => { await 1; };'],
    ['a variable', '/* throughline: off */ const f = async () => { await 1; };'],
    ['a class', '// throughline: off\nclass A { async f() {} }'],
    ['a method', 'class A {\n  // throughline: off\n  async f() { await 1; }\n}'],
    ['a private method', 'class A {\n  // throughline: off\n  async #f() { await 1; }\n}'],
    ['a class field', 'class A {\n  // throughline: off\n  f = async () => { await 1; };\n}'],
    ['a member of an object literal', 'f({\n  // throughline: off\n  async f() { await 1; } });'],
    ['a property', 'f({\n  // throughline: off\n  f: async () => { await 1; } });'],
    ['a block', '// throughline: off\n{ setTimeout(tick); setImmediate(tick); }'],
    [
      'a statement deep inside',
      'function f() { if (x) {\n // throughline: off\n setTimeout(g); } }',
    ],
    ['a loop', '// throughline: off\nfor (;;) setTimeout(tick);'],
    ['whatever its spacing', '//throughline:off\nsetTimeout(tick);'],
    ['whatever comments stand around it', '// a\n// throughline: off\n/* b */\nsetTimeout(tick);'],
  ])('leaves %s as it is', (_, code) => {
    expect(isRewritten(code)).toBe(false);
  });

  test('goes no further than the statement', () => {
    expect(instrument('// throughline: off\nsetTimeout(a);\nsetTimeout(b);')).toMatch(
      /setTimeout\(a\);\nsetTimeout\(_spawn\(b\)\);/,
    );
  });

  test('goes no further than the member', () => {
    const output = instrument(
      'class A {\n  // throughline: off\n  async a() { await 1; }\n  async b() { await 1; }\n}',
    );

    expect(output).toContain('async a() {');
    expect(output).toMatch(/\n {2}b\(\) \{/);
    expect(output).toContain('["b"]');
  });

  test('keeps the comment', () => {
    expect(instrument('// throughline: off\nsetTimeout(a);')).toContain('// throughline: off');
  });

  test('after a statement says nothing about it', () => {
    expect(isRewritten('setTimeout(tick); // throughline: off')).toBe(true);
  });

  test.each([
    ['an await', '// throughline: off\n await null;'],
    ['a for await', '// throughline: off\n for await (const item of [1, 2]);'],
    ['an await in a try', 'try {\n // throughline: off\n await null;\n } finally { done(); }'],
    ['the last statement', 'await null;\n // throughline: off\n await null;'],
  ])('leaves %s of an instrumented function alone, and no frame behind', async (_, body) => {
    const user = register('nobody');
    const seen: string[] = [];
    const { f } = run(
      `export async function f(set) { set(); await call(); } async function call() { ${body}\n await null; }`,
      { done: () => {} },
    ) as { f: (set: () => void) => Promise<void> };
    const finished = f(() => setLocal(user, 'ada'));
    for (let i = 0; i < 12; i++) {
      await null;
      seen.push(getLocal(user));
    }
    await finished;

    expect(new Set(seen)).toEqual(new Set(['nobody']));
    expect(getLocal(user)).toBe('nobody');
  });
});

describe('throughline: off file', () => {
  const program = 'export async function f() { await 1; }\nsetTimeout(f);';

  test.each([
    ['at the head', `// throughline: off file\n${program}`],
    ['after a hash-bang', `#!/usr/bin/env node\n// throughline: off file\n${program}`],
    ['at the end', `${program}\n// throughline: off file`],
    ['in a block comment', `/* throughline: off file */\n${program}`],
    ['inside a function', `${program}\nfunction g() {\n  // throughline: off file\n}`],
  ])('leaves the file as it is, %s', (_, code) => {
    expect(isRewritten(code)).toBe(false);
  });

  test('in a string says nothing', () => {
    expect(isRewritten(`"// throughline: off file";\n${program}`)).toBe(true);
  });
});

test('a comment that only speaks of throughline is no directive', () => {
  expect(() =>
    instrument('// throughline is great\n// see throughline: nothing follows\nf();'),
  ).not.toThrow();
});
