import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const built = existsSync(join(root, 'runtime/dist/esm/index.js')) ? describe : describe.skip;

let folder: string;
let entry: string;
beforeAll(() => {
  // Outside the repository, whose tsconfig.json says where its sources are.
  folder = mkdtempSync(join(tmpdir(), 'throughline-pages-'));
  mkdirSync(join(folder, 'node_modules/@throughline'), { recursive: true });
  const link = join(folder, 'node_modules/@throughline/runtime');
  symlinkSync(join(root, 'runtime'), link, 'junction');
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
    const options = { entry, context: folder, target, output, mode: 'production', devtool: false };
    await new Promise((resolve, reject) => {
      webpack(options, (error, stats) => {
        if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString()));
        else resolve();
      });
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
