import { Project } from './project';

let project: Project;
beforeAll(async () => {
  project = await Project.with([
    ...['@babel/core@7.29.13', 'esbuild@0.28.2', 'rollup@4.68.8', 'rolldown@1.3.2'],
    ...['webpack@5.112.2', 'terser@5.51.4'],
  ]);
});

/** Builds a file with each bundler, minified, with and without our plugin. */
const bundle = (options = ''): string => `
  import * as esbuild from 'esbuild';
  import { rollup } from 'rollup';
  import { rolldown } from 'rolldown';
  import webpack from 'webpack';
  import { readFileSync } from 'node:fs';
  import forEsbuild from '@throughline/babel-plugin/esbuild';
  import forRollup from '@throughline/babel-plugin/rollup';
  import forRolldown from '@throughline/babel-plugin/rolldown';
  import forWebpack from '@throughline/babel-plugin/webpack';

  const external = /^@throughline/;
  const plugins = (adapter, isOurs) => (isOurs ? [adapter(${options})] : []);
  const bundlers = {
    async esbuild(isOurs) {
      const { outputFiles } = await esbuild.build({
        entryPoints: ['src/main.js'], bundle: true, minify: true, keepNames: false, write: false,
        format: 'esm', packages: 'external', plugins: plugins(forEsbuild, isOurs),
      });
      return outputFiles[0].text;
    },
    async rollup(isOurs) {
      const made = await rollup({ input: 'src/main.js', external, plugins: plugins(forRollup, isOurs) });
      return (await made.generate({ format: 'es' })).output[0].code;
    },
    async rolldown(isOurs) {
      const made = await rolldown({ input: 'src/main.js', external, plugins: plugins(forRolldown, isOurs) });
      return (await made.generate({ format: 'es' })).output[0].code;
    },
    webpack: (isOurs) =>
      new Promise((resolve, reject) =>
        webpack(
          {
            mode: 'production', target: 'node20', entry: './src/main.js', externals: external,
            externalsType: 'module', experiments: { outputModule: true },
            output: { filename: 'out.mjs', library: { type: 'module' } },
            plugins: plugins(forWebpack, isOurs),
          },
          (error, stats) =>
            error || stats.hasErrors()
              ? reject(error ?? new Error(stats.toString()))
              : resolve(readFileSync('dist/out.mjs', 'utf8')),
        ),
      ),
  };`;

const lib = `
  export async function used(x) { await x; return 'USED'; }
  export async function declaration(x) { await x; return 'UNUSED_DECLARATION'; }
  export const arrow = async (x) => { await x; return 'UNUSED_ARROW'; };
  export const object = { async method() { await 0; return 'UNUSED_OBJECT'; } };
  export const parent = { async method() { await super.x; return 'UNUSED_SUPER'; } };
  export const expression = async function named() { await named; return 'UNUSED_EXPRESSION'; };
  export class Service { async method() { await 0; return 'UNUSED_CLASS'; } }
  export class Static { static async method() { await 0; return 'UNUSED_STATIC'; } }
  export default async function () { await 0; return 'UNUSED_DEFAULT'; }`;

test.each(['production', 'development'])(
  'what bundlers leave out is left out: %s',
  async (mode) => {
    project.write({
      'src/package.json': '{ "type": "module", "sideEffects": false }',
      'src/lib.js': lib,
      'src/main.js': `import { used } from './lib.js'; used(1).then((x) => console.log(x));`,
      'build.js': `
      ${bundle(`{ causes: ${mode === 'development'} }`)}
      const left = (code) => [...new Set(code.match(/(?:UN)?USED\\w*/g) ?? [])].sort().join(' ');
      const found = {};
      for (const [name, build] of Object.entries(bundlers)) {
        found[name] = { plain: left(await build(false)), ours: left(await build(true)) };
      }
      console.log(JSON.stringify(found));`,
    });

    const found = (await project.seenBy('build.js')) as Record<string, object>;
    const only = { plain: 'USED', ours: 'USED' };
    expect(found).toEqual({ esbuild: only, rollup: only, rolldown: only, webpack: only });
  },
);

test('the names that minifiers keep are kept', async () => {
  project.write({
    'src/main.js': `
      const stack = async (x) => new Error(await x).stack;
      export const api = {
        async load(x) { await x; return new Error('e').stack; },
        save: async (x) => { await x; return new Error('e').stack; },
        own() { return 1; },
      };
      export class Shop {
        sell = async (x) => { await x; return new Error('e').stack; };
        async buy(x) { await x; return new Error('e').stack; }
        static async close(x) { await x; return new Error('e').stack; }
      }
      const shop = new Shop();
      const frame = (text) => /at (?:async )?(?:\\w+\\.)?(\\w+) \\(/.exec(text.split('\\n')[1])?.[1] ?? '';
      const names = [api.load.name, api.save.name, shop.sell.name, shop.buy.name, Shop.close.name];
      const frames = [frame(await api.load(1)), frame(await shop.buy(1)), frame(await api.save(1))];
      console.log(JSON.stringify([...names, ...frames]));`,
    'build.js': `
      ${bundle('{ causes: false }')}
      import { minify } from 'terser';
      import { mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync('dist', { recursive: true });
      const { code } = await minify(await bundlers.rollup(true), { module: true });
      writeFileSync('dist/terser.mjs', code);
      writeFileSync('dist/esbuild.mjs', await bundlers.esbuild(true));
      await bundlers.webpack(true);`,
  });
  await project.run('build.js');

  for (const name of ['terser', 'esbuild', 'out']) {
    const names = await project.seenBy(`dist/${name}.mjs`);
    expect([name, ...(names as string[])]).toEqual([
      ...[name, 'load', 'save', 'sell', 'buy', 'close', 'load', 'buy', 'save'],
    ]);
  }
});
