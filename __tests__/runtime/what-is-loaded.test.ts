import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instrument } from '../harness/instrument';

const root = join(__dirname, '../..');
const built = existsSync(join(root, 'runtime/dist/esm/index.js')) ? describe : describe.skip;
jest.setTimeout(60_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-bundles-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundlers = {
  webpack: `
    const { default: webpack } = await import('webpack');
    const stats = await new Promise((resolve, reject) =>
      webpack(
        { mode: 'production', entry, target: 'web', output: { path: folder + '/out' } },
        (error, stats) => (error ? reject(error) : resolve(stats)),
      ),
    );
    const { modules } = stats.toJson({ all: false, modules: true, nestedModules: true, orphanModules: true, modulesSpace: Infinity, nestedModulesSpace: Infinity });
    const names = modules.flatMap(({ modules: inner, ...one }) => inner ?? [one])
      .filter(({ orphan }) => !orphan).map(({ identifier }) => identifier.split('|').find((part) => part.startsWith('/')) ?? '');`,
  rolldown: `
    const { rolldown } = await import('rolldown');
    const bundle = await rolldown({ input: entry, platform: 'browser' });
    const { output } = await bundle.generate();
    const names = Object.entries(output[0].modules).filter(([, { code }]) => code).map(([name]) => name);`,
};

/** Which of the runtime's modules are in the bundle of a compiled page. */
function modulesIn(bundler: keyof typeof bundlers, page: string): string[] {
  const entry = join(folder, `${bundler}-${++pages}.js`);
  writeFileSync(entry, instrument(page));
  const program = `
    const [folder, entry] = ${JSON.stringify([folder, entry])};
    ${bundlers[bundler]}
    console.log(JSON.stringify(names));`;
  const args = ['--input-type=module', '--eval', program];
  const names = JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }),
  ) as string[];
  return names.flatMap((name) => /\/runtime\/dist\/esm\/(.*)\.js$/.exec(name)?.[1] ?? []);
}
let pages = 0;

built.each(Object.keys(bundlers) as (keyof typeof bundlers)[])('%s', (bundler) => {
  test('a page has what it uses, and nothing else', () => {
    const modules = modulesIn(
      bundler,
      `import { AsyncContext } from '@throughline/runtime/async-context';
       const user = new AsyncContext.Variable();
       user.run('ada', async () => { await fetch('/'); console.log(user.get()); });`,
    );

    expect(modules).toContain('kernel/activation');
    for (const unused of [
      'promises/combinators',
      'listeners/emitters',
      'listeners/event-targets',
      'faces/slots',
      'threads/index',
    ]) {
      expect(modules).not.toContain(unused);
    }
  });

  test('one that registers a slot knows where a worker starts, and tells it', () => {
    const modules = modulesIn(
      bundler,
      `import { register } from '@throughline/runtime';
       globalThis.user = register('nobody', { carry: { name: 'user' } });
       setTimeout(() => {}, 1);`,
    );

    expect(modules).toEqual(
      expect.arrayContaining(['kernel/start', 'faces/slots', 'threads/index']),
    );
  });
});

const onNode = existsSync(join(root, 'runtime/dist/cjs/xtrace/node.js')) ? test : test.skip;
onNode('a service that logs loads no protobuf', () => {
  const program = `
    require('@throughline/runtime/xtrace').log('one');
    const loaded = Object.keys(require.cache);
    console.log(loaded.filter((file) => file.includes('xtrace')).length > 0, loaded.some((file) => file.includes('protobuf')));
    process.exit();`;

  expect(
    execFileSync(process.execPath, ['--eval', program], { cwd: root, encoding: 'utf8' }).trim(),
  ).toBe('true false');
});
