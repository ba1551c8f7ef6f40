import { Project } from './project';

const VUE = `<template><button @click="save">save</button></template>

<script setup lang="ts">
const cart: number[] = [];
const save = async (): Promise<void> => {
  await null;
  cart.push(1);
};
</script>
`;
const SVELTE = `<script>
  const buy = async () => {
    await null;
  };
</script>

<button onclick={buy}>buy</button>
`;
const STATE = `export const state = $state({ count: 0 });
export const load = async () => {
  await null;
  state.count += 1;
};
`;
const files = {
  'src/App.vue': VUE,
  'src/App.svelte': SVELTE,
  'src/state.svelte.js': STATE,
  'src/main.js': `
    export { default as Vue } from './App.vue';
    export { default as Svelte } from './App.svelte';
    export { load } from './state.svelte.js';`,
};
const vite = `
  import vue from '@vitejs/plugin-vue';
  import { svelte } from '@sveltejs/vite-plugin-svelte';
  import throughline from '@throughline/babel-plugin/vite';
  export default {
    plugins: [throughline(), vue(), svelte({ configFile: false })],
    build: {
      minify: false,
      lib: { entry: 'src/main.js', formats: ['es'], fileName: 'out' },
      rolldownOptions: { external: [/^vue/, /^svelte/, /^@throughline/] },
    },
  };`;

/** The sites of each component, at their places in the component. */
const tables = [
  /sites\w*\("src\/App\.vue", \[[^\]]*"5:13 async save"/,
  /sites\w*\("src\/App\.svelte", \[[^\]]*"2:14 async buy"/,
  /sites\w*\("src\/state\.svelte\.js", \[[^\]]*"2:20 async load"/,
];

let project: Project;
beforeAll(async () => {
  project = await Project.with([
    ...['@babel/core@7.29.13', 'vite@8.3.8', 'vue@3.5.22', '@vitejs/plugin-vue@6.0.11'],
    ...['svelte@5.57.3', '@sveltejs/vite-plugin-svelte@7.3.1', 'typescript@5.9.3'],
    ...['webpack@5.112.2', 'webpack-cli@7.3.1', 'vue-loader@17.4.2', 'esbuild@0.28.2'],
    ...['rollup@4.68.8', 'rollup-plugin-svelte@7.2.3', 'ts-loader@9.5.4'],
  ]);
});

test('Vite instruments the components of Vue and Svelte', async () => {
  project.write({ ...files, 'vite.config.js': vite });
  await project.run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');

  const built = project.read('dist/out.js');
  // With types, Vite makes a module of the script alone, and nobody tells its place in the component.
  expect(built).toMatch(/sites\w*\("src\/App\.vue", \["0:0 async save"/);
  for (const table of tables.slice(1)) expect(built).toMatch(table);
});

test('so does its development server, which finds the runtime before it serves the first page', async () => {
  project.write({
    ...files,
    'vite.config.js': vite,
    'index.html': '<script type="module" src="/src/main.js"></script>',
    'serve.js': `
      import { createServer } from 'vite';
      const server = await createServer({ server: { ws: false, port: 0 }, logLevel: 'silent' });
      await server.listen();
      const { depsOptimizer } = server.environments.client;
      await depsOptimizer.scanProcessing;
      const codes = [];
      for (const url of ['/src/main.js', '/src/App.vue', '/src/App.svelte', '/src/state.svelte.js']) {
        codes.push((await server.environments.client.transformRequest(url)).code);
      }
      const later = Object.keys(depsOptimizer.metadata.discovered).filter((name) => name.startsWith('@throughline'));
      console.log(JSON.stringify({ code: codes.join('\\n'), later }));
      await server.close();`,
  });
  project.forget('node_modules/.vite');
  const { code, later } = (await project.seenBy('serve.js')) as { code: string; later: string[] };

  for (const table of tables) expect(code).toMatch(table);
  // Every import is one that a browser can load.
  expect(code).not.toMatch(/from ["'](?![./])/);
  expect(later).toEqual([]);
});

test('webpack with vue-loader and ts-loader', async () => {
  project.write({
    ...files,
    'tsconfig.json': JSON.stringify({
      compilerOptions: { target: 'esnext', module: 'esnext', sourceMap: true, allowJs: true },
      include: ['src'],
    }),
    'webpack.config.js': `
      import { VueLoaderPlugin } from 'vue-loader';
      import throughline from '@throughline/babel-plugin/webpack';
      const options = { appendTsSuffixTo: [/\\.vue$/], transpileOnly: true };
      export default {
        mode: 'development', devtool: 'source-map', entry: './src/App.vue', externals: /^vue|^@throughline/,
        experiments: { outputModule: true }, output: { filename: 'out.js', library: { type: 'module' } },
        module: { rules: [{ test: /\\.vue$/, loader: 'vue-loader' }, { test: /\\.ts$/, loader: 'ts-loader', options }] },
        plugins: [throughline(), new VueLoaderPlugin()],
      };`,
  });
  await project.run('node_modules/webpack/bin/webpack.js', '--stats', 'errors-warnings');

  expect(project.read('dist/out.js')).toMatch(/"src\/App\.vue", \[[^\]]*:\d+ async save"/);
});

test('Rollup, whose order of plugins does not matter', async () => {
  project.write({
    ...files,
    'build.js': `
      import { rollup } from 'rollup';
      import svelte from 'rollup-plugin-svelte';
      import throughline from '@throughline/babel-plugin/rollup';
      const plugins = [throughline(), svelte({ emitCss: false })];
      const made = await rollup({ input: 'src/App.svelte', plugins, external: /^svelte|^@throughline/ });
      const { output } = await made.generate({ format: 'es' });
      console.log(JSON.stringify(output[0].code));`,
  });

  expect(await project.seenBy('build.js')).toMatch(tables[1]!);
});

test('esbuild gives a file to one plugin only, and is told to warn', async () => {
  project.write({
    ...files,
    'build.js': `
      import { build } from 'esbuild';
      import throughline from '@throughline/babel-plugin/esbuild';
      const empty = {
        name: 'components',
        setup: ({ onLoad }) => onLoad({ filter: /\\.(vue|svelte)$/ }, () => ({ contents: '', loader: 'js' })),
      };
      const { warnings } = await build({
        entryPoints: ['src/App.vue', 'src/App.svelte'], bundle: true, write: false, outdir: 'out',
        logLevel: 'silent', plugins: [throughline(), empty],
      });
      console.log(JSON.stringify(warnings.map(({ text }) => text)));`,
  });

  expect(await project.seenBy('build.js')).toEqual([
    expect.stringMatching(/App\.\w+" and files like it are not instrumented, because esbuild/),
  ]);
});
