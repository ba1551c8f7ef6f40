import { join } from 'node:path';
import { commonjsApp, moduleApp, outcome, typescriptApp } from './app';
import { withCollector } from './events';
import { choice, chosen, program } from './dependencies';
import { run } from './programs';
import { SmallCollector } from '../harness/collector';
import { Events } from '../operations/program';
import { Project } from './project';

const preloadWith = (options = ''): string => `
  import { plugin } from 'bun';
  import throughline from '@throughline/babel-plugin/bun';
  plugin(throughline(${options}));`;
const preload = preloadWith();

let project: Project;
beforeAll(async () => {
  project = await Project.with(['@babel/core@7.29.13', 'bun@1.4.5']);
});
async function seenByBun(args: readonly string[], env = {}): Promise<unknown> {
  const bun = join(project.folder, 'node_modules', 'bun', 'bin', 'bun.exe');
  const closed = { THROUGHLINE_BRIDGE: 'off' };
  return JSON.parse(await run(bun, args, { cwd: project.folder, env: { ...closed, ...env } }));
}
const outcomeOf = (...args: readonly string[]): Promise<unknown> =>
  withCollector((env) => seenByBun(args, env));

test('modules, with a preload', async () => {
  project.write({ ...moduleApp(), 'preload.js': preload });

  expect(await outcomeOf('--preload', './preload.js', 'src/app.js')).toEqual(outcome);
});

test('TypeScript, with a preload from bunfig.toml', async () => {
  project.write({
    ...typescriptApp(),
    'preload.js': preload,
    'bunfig.toml': 'preload = ["./preload.js"]',
  });

  expect(await outcomeOf('src/app.ts')).toEqual(outcome);
});

test('CommonJS, with a preload', async () => {
  project.write({ ...commonjsApp(), 'preload.js': preload }, { type: 'commonjs' });

  expect(await outcomeOf('--preload', './preload.js', 'src/app.js')).toEqual(outcome);
});

test('CommonJS with types, whose parts need each other and ask who is the main module', async () => {
  project.write(
    {
      'preload.js': preload,
      'main.cts': `
        import type { EventEmitter } from 'events';
        const { ask } = require('./one.cts') as { ask(): Promise<string> };
        let bell: EventEmitter | undefined;
        ask().then((seen: string) => console.log(JSON.stringify([seen, require.main === module])));`,
      'one.cts': `
        exports.name = 'one';
        const { nameOfOne } = require('./two.cts');
        exports.ask = async (): Promise<string> => { await null; return nameOfOne; };`,
      'two.cts': `exports.nameOfOne = require('./one.cts').name;`,
      'main.js': `
        import one, { ask } from './one.cts';
        console.log(JSON.stringify([await ask(), one.ask === ask]));`,
    },
    { type: 'commonjs' },
  );

  expect(await seenByBun(['--preload', './preload.js', 'main.cts'])).toEqual(['one', true]);
  expect(await seenByBun(['--preload', './preload.js', 'main.js'])).toEqual(['one', true]);
});

test('dependencies that are included and a file that is not', async () => {
  project.write({ ...program, 'preload.js': preloadWith(choice) });

  expect(await seenByBun(['--preload', './preload.js', 'src/app.js'])).toEqual(chosen);
});

test('all dependencies, the compiler itself among them', async () => {
  const options = `{ include: [/node_modules/], exclude: ['./src/left.js'] }`;
  project.write({ ...program, 'preload.js': preloadWith(options) });

  const all = { ...chosen, plain: 'ada' };
  expect(await seenByBun(['--preload', './preload.js', 'src/app.js'])).toEqual(all);
});

test('a bundle by Bun', async () => {
  project.write({
    ...moduleApp(),
    'build.js': `
      import throughline from '@throughline/babel-plugin/bun';
      const built = await Bun.build({
        entrypoints: ['src/app.js'], outdir: 'dist', target: 'bun', plugins: [throughline()],
      });
      console.log(built.success);`,
  });

  expect(await seenByBun(['build.js'])).toBe(true);
  expect(await outcomeOf('dist/app.js')).toEqual(outcome);
});

test('a stack names the line that was written', async () => {
  project.write({
    'preload.js': preload,
    'src/app.ts': `
      interface Cart { id: number }
      async function load(cart: Cart): Promise<string> {
        await null;
        return new Error(String(cart.id)).stack!;
      }
      console.log(JSON.stringify(await load({ id: 1 })));`,
  });

  expect(await seenByBun(['--preload', './preload.js', 'src/app.ts'])).toMatch(/app\.ts:5:\d+/);
});

test('requests that are sent are operations, with @throughline/runtime/auto in the preload', async () => {
  project.write({
    'main.js': `
      import http from 'node:http';
      import { once } from 'node:events';
      const server = http.createServer((request, response) => response.end(request.url));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const text = async (path) =>
        (await fetch('http://127.0.0.1:' + server.address().port + path)).text();
      console.log(JSON.stringify(await Promise.all([text('/a'), text('/b')])));
      server.close();`,
    'preload.js': `${preload}; import '@throughline/runtime/auto';`,
  });
  const collector = await SmallCollector.start();
  const env = { THROUGHLINE_COLLECTOR: `127.0.0.1:${collector.port}` };
  expect(await seenByBun(['--preload', './preload.js', 'main.js'], env)).toEqual(['/a', '/b']);
  await collector.stop();

  const events = new Events(collector.reports);
  for (const path of ['/a', '/b']) {
    const sent = events.find('begin', new RegExp(`^GET 127\\.0\\.0\\.1:\\d+${path}$`));
    const end = events.find('end', new RegExp(`^GET 127\\.0\\.0\\.1:\\d+${path} 200$`));
    expect(events.parentsOf(end)).toEqual([`begin ${sent.label}`]);
  }
});
