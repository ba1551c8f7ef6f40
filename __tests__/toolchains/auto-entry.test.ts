// The option `auto` of the adapters: a bundle that logs its operations, without a line in the program.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ran } from '../harness/child';
import { SmallCollector } from '../harness/collector';
import { Events } from '../operations/program';
import { Project } from './project';

const PACKAGES = [
  ...['@babel/core@7.29.13', 'webpack@5.112.2', '@rspack/core@2.3.3', 'rollup@4.68.8'],
  ...['@rollup/plugin-node-resolve@16', 'rolldown@1.3.2', 'esbuild@0.28.2', 'vite@8.3.8'],
];

const PROGRAM = `
  import http from 'node:http';
  import { once } from 'node:events';
  const server = http.createServer((request, response) => response.end('answer'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const text = async () => (await fetch('http://127.0.0.1:' + port + '/carts')).text();
  console.log(await text());
  server.close();
  server.closeAllConnections();
  export default 'a default';
  export const named = 'a name';
`;

/** How each bundler makes out.mjs of main.js. */
const BUILDS: Record<string, string> = {
  webpack: `
    import webpack from 'webpack';
    import throughline from '@throughline/babel-plugin/webpack';
    await built(webpack(packed));`,
  rspack: `
    import { rspack } from '@rspack/core';
    import throughline from '@throughline/babel-plugin/rspack';
    await built(rspack(packed));`,
  rollup: `
    import { rollup } from 'rollup';
    import { nodeResolve } from '@rollup/plugin-node-resolve';
    import throughline from '@throughline/babel-plugin/rollup';
    const plugins = [throughline({ auto: true }), nodeResolve()];
    const bundle = await rollup({ input: 'main.js', plugins, onwarn() {} });
    await bundle.write({ file: 'out.mjs', inlineDynamicImports: true });`,
  rolldown: `
    import { rolldown } from 'rolldown';
    import throughline from '@throughline/babel-plugin/rolldown';
    const bundle = await rolldown({ input: 'main.js', platform: 'node', plugins: [throughline({ auto: true })] });
    await bundle.write({ file: 'out.mjs', codeSplitting: false });`,
  esbuild: `
    import { build } from 'esbuild';
    import throughline from '@throughline/babel-plugin/esbuild';
    await build({
      ...{ entryPoints: ['main.js'], bundle: true, format: 'esm', platform: 'node', outfile: 'out.mjs' },
      target: 'node20',
      plugins: [throughline({ auto: true })],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });`,
  vite: `
    import { build } from 'vite';
    import throughline from '@throughline/babel-plugin/vite';
    await build({
      ...{ configFile: false, logLevel: 'error', plugins: [throughline({ auto: true })] },
      ssr: { noExternal: true },
      build: { ssr: 'main.js', outDir: '.', emptyOutDir: false, target: 'node20', rolldownOptions: { output: { entryFileNames: 'out.mjs' } } },
    });`,
};

/** What webpack and Rspack have in common. */
const PACKED = `
  import { promisify } from 'node:util';
  const packed = {
    ...{ mode: 'development', devtool: false, target: 'node20', context: process.cwd(), entry: './main.js' },
    output: { path: process.cwd(), filename: 'out.mjs', module: true, library: { type: 'module' }, chunkFormat: 'module' },
    experiments: { outputModule: true },
    plugins: [throughline({ auto: true })],
  };
  async function built(compiler) {
    const stats = await promisify((done) => compiler.run(done))();
    if (stats.hasErrors()) throw new Error(stats.toString());
  }
`;

let project: Project;
beforeAll(async () => {
  project = await Project.with(PACKAGES);
});

test.each(Object.keys(BUILDS))(
  '%s: a bundle logs its operations, and exports what it did',
  async (name) => {
    const build = BUILDS[name]!;
    project.write({
      'main.js': PROGRAM,
      'build.mjs': build.includes('packed')
        ? build.replace('    await', `${PACKED}    await`)
        : build,
    });
    const cwd = project.folder;
    const made = await ran(['build.mjs'], { cwd });
    expect([made.code, made.stderr]).toEqual([0, '']);
    writeFileSync(
      join(cwd, 'run.mjs'),
      "import * as out from './out.mjs'; console.log(out.default, out.named);",
    );
    const collector = await SmallCollector.start();
    const env = { THROUGHLINE_COLLECTOR: `127.0.0.1:${collector.port}` };
    const { code, stdout, stderr } = await ran(['run.mjs'], { cwd, env });
    await collector.stop();

    expect([code, stdout, stderr]).toEqual([0, 'answer\na default a name\n', '']);
    const events = new Events(collector.reports);
    const sent = events.find('begin', /^GET 127\.0\.0\.1:\d+\/carts$/);
    expect(events.parentsOf(events.find('begin', /^GET \/carts$/))).toEqual([
      `begin ${sent.label}`,
    ]);
    expect(events.find('end', /^GET \/carts 200$/).taskId).toBe(sent.taskId);
  },
);
