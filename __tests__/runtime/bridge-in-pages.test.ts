import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const built = existsSync(join(root, 'runtime/dist/esm/index.js')) ? describe : describe.skip;

let folder: string;
let entry: string;
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  // Below the repository, where bundlers find the packages.
  folder = mkdtempSync(join(root, '.cache', 'pages-'));
  entry = join(folder, 'page.mjs');
  writeFileSync(
    entry,
    `import { getLocal, register, setLocal } from '@throughline/runtime';
     const user = register('nobody'); setLocal(user, 'ada'); console.log(getLocal(user));`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundlers = {
  rolldown: `
    import { rolldown } from 'rolldown';
    const bundle = await rolldown({ input: entry, platform });
    const { output } = await bundle.generate();
    console.log(output[0].code);`,
  webpack: `
    import webpack from 'webpack';
    import { readFileSync } from 'node:fs';
    const target = platform === 'node' ? 'node' : 'web';
    const output = { path: folder, filename: platform + '.js' };
    const options = { entry, target, output, mode: 'production', devtool: false };
    await new Promise((resolve, reject) => {
      webpack(options, (error) => (error ? reject(error) : resolve()));
    });
    console.log(readFileSync(folder + '/' + platform + '.js', 'utf8'));`,
};

built.each(Object.entries(bundlers))('%s', (_, program) => {
  const bundledFor = (platform: 'browser' | 'node'): string => {
    const given = `const [platform, folder, entry] = ${JSON.stringify([platform, folder, entry])};`;
    const args = ['--input-type=module', '--eval', given + program];
    return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  };

  test('leaves the bridge out of a page, and not out of a server', () => {
    expect(bundledFor('browser')).not.toMatch(/THROUGHLINE_BRIDGE|async_hooks/);
    expect(bundledFor('node')).toMatch(/THROUGHLINE_BRIDGE/);
  });
});
