import { ran } from '../harness/child';
import { commonjsApp, moduleApp, outcome } from './app';
import { choice, chosen, program } from './dependencies';
import { nodeOf, Project } from './project';

const babel = { 'babel.config.json': JSON.stringify({ plugins: ['@throughline/babel-plugin'] }) };
const CORE = '@babel/core@7.29.13';
const REGISTER = ['--import', '@throughline/babel-plugin/register'];

describe('webpack 5', () => {
  const packages = [CORE, 'webpack@5.112.2', 'webpack-cli@7.3.1', 'babel-loader@10.1.1'];
  const config = (rest: string): string => `
    export default {
      target: 'node20', entry: './src/app.js', output: { filename: 'app.cjs' }, ${rest}
    };`;
  let project: Project;
  beforeAll(async () => {
    project = await Project.with(packages);
  });
  const build = (...flags: string[]): Promise<string> =>
    project.run('node_modules/webpack/bin/webpack.js', '--stats', 'errors-warnings', ...flags);

  test.each(['production', 'development'])('with babel-loader, %s', async (mode) => {
    const rules = `{ test: /\\.js$/, exclude: /node_modules/, loader: 'babel-loader' }`;
    const webpack = config(`module: { rules: [${rules}] }`);
    project.write({ ...moduleApp(), ...babel, 'webpack.config.js': webpack });
    await build('--mode', mode);

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  test.each(['production', 'development'])('with our plugin, %s', async (mode) => {
    const webpack = `import throughline from '@throughline/babel-plugin/webpack';
      ${config('plugins: [throughline()]')}`;
    project.write({ ...moduleApp(), 'webpack.config.js': webpack });
    await build('--mode', mode);

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  describe('what Node loads with `register`', () => {
    const plugin = `import throughline from '@throughline/babel-plugin/webpack';`;

    test.each([
      ['production', 'with the runtime in it', ''],
      ['development', 'with the runtime in it', 'devtool: false,'],
      [
        'production',
        'without the runtime',
        `externals: /^@throughline/, externalsType: 'commonjs',`,
      ],
    ])('a bundle of our plugin stays as it is: %s, %s', async (mode, _title, rest) => {
      const webpack = `${plugin} ${config(`${rest} plugins: [throughline()]`)}`;
      project.write({ ...moduleApp(), 'webpack.config.js': webpack });
      await build('--mode', mode);

      expect(await project.outcomeOf(...REGISTER, 'dist/app.cjs')).toEqual(outcome);
    });

    test('a bundle with the runtime in it, which nothing has instrumented, is left alone, and that is told', async () => {
      const app = `
        import { log } from '@throughline/runtime/xtrace';
        const fail = async () => { await null; log('fails'); throw new Error('as expected'); };
        fail().catch(({ message }) => console.log(message));`;
      project.write({ 'src/app.js': app, 'webpack.config.js': config('') });
      await build('--mode', 'production');
      const { stdout, stderr } = await ran([...REGISTER, 'dist/app.cjs'], { cwd: project.folder });

      expect(stdout).toBe('as expected\n');
      expect(stderr).toMatch(
        /app\.cjs is not instrumented, .* bundle with @throughline\/runtime in it\..*TL_FILE_LEFT_ALONE/,
      );
    });

    describe.each(['eval', 'eval-source-map', 'eval-cheap-module-source-map'])(
      'a development build with `devtool: "%s"`',
      (devtool) => {
        test('is instrumented', async () => {
          project.write({ ...moduleApp(), 'webpack.config.js': config(`devtool: '${devtool}'`) });
          await build('--mode', 'development');
          const { result, events } = await project.outcomeOf(...REGISTER, 'dist/app.cjs');

          expect(result).toEqual(outcome.result);
          // webpack has renamed what the program imports, so that the lines of \`log\` are not known.
          expect(events).toEqual({ ...outcome.events, files: [''] });
        });

        test.each([
          ['modules', moduleApp(), 'module'],
          ['CommonJS', commonjsApp(), 'commonjs'],
        ] as const)('stays as it is if our plugin has made it: %s', async (_title, app, type) => {
          const webpack = config(`devtool: '${devtool}', plugins: [throughline()]`);
          project.write({ ...app, 'webpack.config.mjs': `${plugin} ${webpack}` }, { type });
          await build('--mode', 'development');

          expect(await project.outcomeOf(...REGISTER, 'dist/app.cjs')).toEqual(outcome);
        });

        test('has the stack traces that it had', async () => {
          const app = `
            import { fail } from './fail.js';
            fail('here').catch(({ stack }) => console.log(stack));`;
          const fail = `
            export async function fail(name) {
              await null;
              throw new Error(name);
            }`;
          const webpack = config(`devtool: '${devtool}'`);
          project.write({ 'src/app.js': app, 'src/fail.js': fail, 'webpack.config.js': webpack });
          await build('--mode', 'development');
          const maps = '--enable-source-maps';

          const was = await project.run(maps, 'dist/app.cjs');
          const is = await project.run(maps, ...REGISTER, 'dist/app.cjs');

          // Without a map, webpack's names are no paths, and Node writes them as if they were.
          const plain = (stack: string): string =>
            devtool === 'eval' ? stack.replace(/\.\/|\?/g, '') : stack;
          expect(plain(is)).toBe(plain(was));
        });
      },
    );
  });

  test('with our plugin, from a CommonJS configuration', async () => {
    const webpack = config('plugins: [throughline()]').replace(
      'export default',
      'module.exports =',
    );
    project.write({
      ...moduleApp(),
      'webpack.config.cjs': `
        const throughline = require('@throughline/babel-plugin/webpack').default;
        ${webpack}`,
    });
    await build('--mode', 'production');

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  test('with our plugin, dependencies that are included and a file that is not', async () => {
    const webpack = `import throughline from '@throughline/babel-plugin/webpack';
      ${config(`plugins: [throughline(${choice})]`)}`;
    project.write({ ...program, 'webpack.config.js': webpack });
    await build('--mode', 'production');

    expect(await project.seenBy('dist/app.cjs')).toEqual(chosen);
  });

  test.each(['production', 'development'])('its mode decides about causes: %s', async (mode) => {
    const webpack = `import throughline from '@throughline/babel-plugin/webpack';
      ${config('plugins: [throughline()]')}`;
    project.write({ 'src/app.js': 'setTimeout(() => {}, 1);', 'webpack.config.js': webpack });
    const other = mode === 'production' ? 'development' : 'production';
    const bin = 'node_modules/webpack/bin/webpack.js';
    const flags = ['--mode', mode, '--devtool', 'false', '--no-optimization-minimize'];
    await project.runWith({ NODE_ENV: other }, bin, ...flags);

    const hasCauses = project.read('dist/app.cjs').includes('with-causes');
    expect(hasCauses).toBe(mode === 'development');
  });

  test('a worker, an asset and a dynamic import are still found', async () => {
    const rules = `{ test: /\\.js$/, exclude: /node_modules/, loader: 'babel-loader' }`;
    project.write({
      ...babel,
      ...references,
      'webpack.config.js': config(`module: { rules: [${rules}] }`).replace('node20', 'web'),
    });
    await build('--mode', 'development', '--devtool', 'false');

    const files = project.list('dist');
    expect(files).toEqual(expect.arrayContaining(['app.cjs', 'named.app.cjs']));
    expect(files.filter((name) => name.endsWith('.txt'))).toHaveLength(1);
    const worker = files.find((name) => name.includes('worker'))!;
    expect(project.read(`dist/${worker}`)).toContain('in the worker');
  });
});

/** Babel 8 is made of modules alone, and this configuration is none. */
test('webpack 5 with our plugin and Babel 8, from a CommonJS configuration', async () => {
  const packages = ['@babel/core@8.1.3', 'webpack@5.112.2', 'webpack-cli@7.3.1'];
  const project = await Project.with(packages, await nodeOf(24));
  project.write({
    ...moduleApp(),
    'webpack.config.cjs': `
      const throughline = require('@throughline/babel-plugin/webpack').default;
      module.exports = {
        mode: 'production', target: 'node24', entry: './src/app.js',
        output: { filename: 'app.cjs' }, plugins: [throughline()],
      };`,
  });
  await project.run('node_modules/webpack/bin/webpack.js', '--stats', 'errors-warnings');

  expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
});

describe('Rspack 2', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with([
      ...[CORE, '@rspack/core@2.3.3', '@rspack/cli@2.2.8', 'babel-loader@10.1.1'],
    ]);
  });
  const build = (): Promise<string> =>
    project.run('node_modules/@rspack/cli/bin/rspack.js', 'build');
  const config = (rest: string): string => `
    export default {
      mode: 'production', target: 'node20', entry: './src/app.js',
      output: { filename: 'app.cjs' }, ${rest}
    };`;

  test('with babel-loader', async () => {
    const rules = `{ test: /\\.js$/, exclude: /node_modules/, loader: 'babel-loader' }`;
    const rspack = config(`module: { rules: [${rules}] }`);
    project.write({ ...moduleApp(), ...babel, 'rspack.config.mjs': rspack });
    await build();

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  test('a development build with `eval`, which Node loads with `register`', async () => {
    const rspack = config(`devtool: 'eval-source-map'`).replace('production', 'development');
    project.write({ ...moduleApp(), 'rspack.config.mjs': rspack });
    await build();
    const { result, events } = await project.outcomeOf(...REGISTER, 'dist/app.cjs');

    expect(result).toEqual(outcome.result);
    expect(events).toEqual({ ...outcome.events, files: [''] });
  });

  test('with our plugin', async () => {
    const rspack = `import throughline from '@throughline/babel-plugin/rspack';
      ${config('plugins: [throughline()]')}`;
    project.write({ ...moduleApp(), 'rspack.config.mjs': rspack });
    await build();

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  test('with our plugin, dependencies that are included and a file that is not', async () => {
    const rspack = `import throughline from '@throughline/babel-plugin/rspack';
      ${config(`plugins: [throughline(${choice})]`)}`;
    project.write({ ...program, 'rspack.config.mjs': rspack });
    await build();

    expect(await project.seenBy('dist/app.cjs')).toEqual(chosen);
  });
});

describe('Rollup 4', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with([
      ...[CORE, 'rollup@4.68.8', '@rollup/plugin-babel@6', '@rollup/plugin-commonjs@29'],
      '@rollup/plugin-node-resolve@16',
    ]);
  });
  const config = (imported: string, plugin: string): string => `
    import commonjs from '@rollup/plugin-commonjs';
    import { nodeResolve } from '@rollup/plugin-node-resolve';
    ${imported}
    export default {
      input: 'src/app.js', external: ['events'], output: { dir: 'dist', format: 'es' },
      plugins: [nodeResolve(), commonjs(), ${plugin}],
    };`;
  const build = (): Promise<string> =>
    project.run('node_modules/rollup/dist/bin/rollup', '-c', '--silent');

  test('with its Babel plugin', async () => {
    const rollup = config(
      `import { babel } from '@rollup/plugin-babel';`,
      `babel({ babelHelpers: 'bundled', exclude: /node_modules/ })`,
    );
    project.write({ ...moduleApp(), ...babel, 'rollup.config.js': rollup });
    await build();

    expect(await project.outcomeOf('dist/app.js')).toEqual(outcome);
  });

  test.each([
    ['with tables of sites', '{ causes: false }'],
    ['without', '{ sites: false }'],
  ])('chunks of our plugin, which Node loads with `register`: %s', async (_title, options) => {
    const rollup = config(
      `import throughline from '@throughline/babel-plugin/rollup';`,
      `throughline(${options})`,
    ).replace(
      `format: 'es'`,
      `format: 'es', manualChunks: (id) => (id.includes('runtime') ? 'runtime' : undefined)`,
    );
    project.write({ ...moduleApp(), 'rollup.config.js': rollup });
    await build();
    const { result, events } = await project.outcomeOf(...REGISTER, 'dist/app.js');

    expect(result).toEqual(outcome.result);
    expect(events.parents).toEqual(outcome.events.parents);
  });

  test('with our plugin', async () => {
    const rollup = config(
      `import throughline from '@throughline/babel-plugin/rollup';`,
      'throughline()',
    );
    project.write({ ...moduleApp(), 'rollup.config.js': rollup });
    await build();

    expect(await project.outcomeOf('dist/app.js')).toEqual(outcome);
  });

  test('with our plugin, dependencies that are included and a file that is not', async () => {
    const rollup = config(
      `import throughline from '@throughline/babel-plugin/rollup';`,
      `throughline(${choice})`,
    );
    project.write({ ...program, 'rollup.config.js': rollup });
    await build();

    expect(await project.seenBy('dist/app.js')).toEqual(chosen);
  });
});

describe('Rolldown', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with([CORE, 'rolldown@1.3.2']);
  });

  const build = async (files: Record<string, string>, options = ''): Promise<void> => {
    const rolldown = `
      import throughline from '@throughline/babel-plugin/rolldown';
      export default {
        input: 'src/app.js', platform: 'node', output: { dir: 'dist', format: 'es' },
        plugins: [throughline(${options})],
      };`;
    project.write({ ...files, 'rolldown.config.js': rolldown });
    await project.run('node_modules/rolldown/bin/cli.mjs', '-c');
  };

  test('with our plugin', async () => {
    await build(moduleApp());

    expect(await project.outcomeOf('dist/app.js')).toEqual(outcome);
  });

  test('with our plugin, dependencies that are included and a file that is not', async () => {
    await build(program, choice);

    expect(await project.seenBy('dist/app.js')).toEqual(chosen);
  });
});

/** Files that only some dialects allow, and what they print. */
const dialects: Record<string, readonly [string, string]> = {
  'parameter.ts': [
    `const Body = (): any => (_: any, name: string) => console.log(name);
     class Shop { async save(@Body() cart: any) { await null; return cart; } }
     new Shop().save('cart').then(console.log);`,
    'save\ncart',
  ],
  'property.ts': [
    `const Inject = (): any => () => console.log('injected');
     class Shop { constructor(@Inject() private readonly db: string) {} async all() { await null; return this.db; } }
     new Shop('rows').all().then(console.log);`,
    'injected\nrows',
  ],
  'accessor.ts': [
    `class Shop { accessor name = 'ada'; async read() { await null; return this.name; } }
     new Shop().read().then(console.log);`,
    'ada',
  ],
  'call.ts': [
    `const kind = { of: (name: string) => ({ as: () => (cls: any) => console.log(name) }) };
     @kind.of('shop').as() class Shop { async read() { await null; return 'read'; } }
     new Shop().read().then(console.log);`,
    'shop\nread',
  ],
  'view.js': [
    `const h = (...parts) => parts[0];
     const view = async () => { await null; return <b/>; };
     view().then(console.log);`,
    'b',
  ],
};

describe('esbuild', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with([CORE, 'esbuild@0.28.2']);
  });

  const build = async (
    files: Record<string, string>,
    { target = 'node20', options = '' },
  ): Promise<void> => {
    const esbuild = `
      import throughline from '@throughline/babel-plugin/esbuild';
      import * as esbuild from 'esbuild';
      await esbuild.build({
        entryPoints: ['src/app.js'], outfile: 'dist/app.cjs', bundle: true,
        platform: 'node', target: '${target}', plugins: [throughline(${options})],
      });`;
    project.write({ ...files, 'build.js': esbuild });
    await project.run('build.js');
  };

  test.each([
    ['native async functions', 'node20'],
    ['async functions lowered', 'es2016'],
  ])('with our plugin, %s', async (_title, target) => {
    await build(moduleApp(), { target });

    expect(await project.outcomeOf('dist/app.cjs')).toEqual(outcome);
  });

  test('with our plugin, dependencies that are included and a file that is not', async () => {
    await build(program, { options: choice });

    expect(await project.seenBy('dist/app.cjs')).toEqual(chosen);
  });

  test.each(Object.entries(dialects))(
    'what it reads by itself: %s',
    async (name, [code, result]) => {
      project.write({
        [`src/${name}`]: code,
        'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
        'build.js': `
        import throughline from '@throughline/babel-plugin/esbuild';
        import * as esbuild from 'esbuild';
        await esbuild.build({
          entryPoints: ['src/${name}'], outfile: 'dist/app.cjs', bundle: true, platform: 'node',
          target: 'node20', jsxFactory: 'h', loader: { '.js': 'jsx' }, plugins: [throughline()],
        });`,
      });
      await project.run('build.js');

      expect(project.read('dist/app.cjs')).toMatch(/suspend\d*\)?\(_strand/);
      expect(await project.run('dist/app.cjs')).toBe(`${result}\n`);
    },
  );
});

/** What a bundler finds in a source by its syntax. */
const references = {
  'src/app.js': `
    async function start() {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
      worker.addEventListener('message', async ({ data }) => { await null; console.log(data); });
      const { named } = await import(/* webpackChunkName: "named" */ './named.js');
      console.log(new URL('./asset.txt', import.meta.url).href, await named());
    }
    start();`,
  'src/worker.js': `onmessage = async () => { await null; postMessage('in the worker'); };`,
  'src/named.js': `export async function named() { await null; return 'a chunk'; }`,
  'src/asset.txt': 'text',
};
