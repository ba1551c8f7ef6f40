import { instrumentSync } from '../../babel-plugin/src/adapters/transform';

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

test.each([
  ['a member', '(<b></b>).type'],
  ['a call', '(<b></b>).toString()'],
  ['an optional one', '(<></>)?.props'],
])('JSX in parentheses keeps them: %s', (_what, expression) => {
  const code = written(`async function f() { await 1; return ${expression}; }`, '/app/a.tsx');

  expect(code).toContain(expression);
});
