// Servers that take a function from a request to an answer: of Deno and Bun, and workers at the edge. Each request is a task, and goes on
// with the one that it carries.
import { join } from 'node:path';
import { ran } from '../harness/child';
import { SmallCollector } from '../harness/collector';
import { ask, startTestCollector } from '../harness/test-collector';
import { Events } from '../operations/program';
import { Project } from './project';

let project: Project;
beforeAll(async () => {
  project = await Project.with([
    ...['@babel/core@7.29.13', 'bun@1.4.5', 'deno@2.9.6', 'esbuild@0.28.2'],
    'miniflare@4.20260426.0',
  ]);
});

/** Asks 16 times at once, with a task of its own each, and prints the answers. */
const ASKING = `
  const inTask = (n) => '00-' + String(n).padStart(32, '0') + '-b7ad6b7169203331-01';
  const ask = async (n) => {
    const headers = { traceparent: inTask(n) };
    const response = await fetch(url + '/carts/' + n + '?secret=1', { headers });
    return response.text();
  };
  const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n + 1)));
  const failed = await fetch(url + '/fails', { headers: { traceparent: inTask(99) } });
  console.log(answers.join('|') + '|' + failed.status);
`;
const ANSWERS = `${Array.from({ length: 16 }, (_, n) => `cart ${n + 1}`).join('|')}|500\n`;

const HANDLER = `
  const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
  async function handle(request) {
    const [, , n] = new URL(request.url).pathname.split('/');
    await pause();
    if (n === undefined) throw new Error('no cart');
    log('found ' + n);
    return new Response('cart ' + n);
  }
`;

function expectTasks(events: Events): void {
  for (let n = 1; n <= 16; n++) {
    const own = events.ofTask(n);
    const found = own.reports.find(({ label }) => label === `found ${n}`)!;
    expect(own.parentsOf(found)).toEqual([`begin GET /carts/${n}`]);
    const end = own.find('end', new RegExp(`^GET /carts/${n} 200$`));
    expect(own.parentsOf(end)).toEqual([`event found ${n}`]);
  }
  const failed = events.ofTask(99).find('end', /^GET \/fails /);
  expect(Events.field(failed, 'error.message')).toBe('no cart');
  expect(JSON.stringify(events.reports)).not.toContain('secret');
}

test.each([
  [
    'Deno',
    `const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {}, onError: () => new Response('', { status: 500 }) }, handle);
     const url = 'http://127.0.0.1:' + server.addr.port;
     const close = () => server.shutdown();`,
    'deno/bin.cjs run -A',
  ],
  [
    'Deno, with an object',
    `const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {}, onError: () => new Response('', { status: 500 }), handler: handle });
     const url = 'http://127.0.0.1:' + server.addr.port;
     const close = () => server.shutdown();`,
    'deno/bin.cjs run -A',
  ],
  [
    'Bun',
    `const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: handle, error: () => new Response('', { status: 500 }) });
     const url = 'http://127.0.0.1:' + server.port;
     const close = () => server.stop();`,
    'bun/bin/bun.exe',
  ],
  [
    'Bun, by routes',
    `const server = Bun.serve({ port: 0, hostname: '127.0.0.1', routes: { '/carts/:id': { GET: handle }, '/fails': handle, '/static': new Response('') }, error: () => new Response('', { status: 500 }) });
     const url = 'http://127.0.0.1:' + server.port;
     const close = () => server.stop();`,
    'bun/bin/bun.exe',
  ],
])('%s', async (_, serve, command) => {
  project.write({
    'src/main.mjs': `import { log } from '@throughline/runtime/xtrace';
      ${HANDLER}${serve}${ASKING}
      await close();`,
    'build.mjs': build('src/main.mjs', 'node'),
  });
  await project.run('build.mjs');
  const collector = await SmallCollector.start();
  const [program, ...args] = command.split(' ') as [string, ...string[]];
  const { stdout } = await ran([...args, 'out.mjs'], {
    cwd: project.folder,
    node: join(project.folder, 'node_modules', program),
    env: { THROUGHLINE_COLLECTOR: `127.0.0.1:${collector.port}` },
  });
  await collector.stop();

  expect(stdout).toBe(ANSWERS);
  expectTasks(new Events(collector.reports));
});

test('a worker at the edge stays until its events are sent', async () => {
  const collector = await startTestCollector();
  project.write({
    'src/main.mjs': `import { log } from '@throughline/runtime/xtrace';
      import { tracedHandler } from '@throughline/runtime/operations';
      ${HANDLER}
      export default { fetch: tracedHandler(handle) };`,
    'build.mjs': build('src/main.mjs', 'browser', collector.url),
    'run.mjs': `
      import { Miniflare } from 'miniflare';
      import { readFileSync } from 'node:fs';
      const contents = readFileSync('out.mjs', 'utf8');
      const worker = new Miniflare({
        modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
        ...{ port: 0, host: '127.0.0.1', compatibilityDate: '2026-04-01' },
        handleRuntimeStdio() {},
      });
      const url = String(await worker.ready).replace(/[/]$/, '');
      ${ASKING}
      // It is answered before its events have arrived, and must not be stopped.
      const stored = async () => {
        const { tasks } = await (await fetch('${collector.url}/api/tasks?limit=100')).json();
        return tasks.reduce((sum, { events }) => sum + events, 0);
      };
      for (const end = Date.now() + 10_000; (await stored()) < 50 && Date.now() < end;) await null;
      await worker.dispose();`,
  });
  await project.run('build.mjs');
  const stdout = await project.run('run.mjs');

  expect(stdout).toBe(ANSWERS);
  const { body } = await ask<{ tasks: { taskId: string }[] }>(collector, '/api/tasks?limit=100');
  const reports = await Promise.all(
    body.tasks.map(async ({ taskId }) => {
      const { body: task } = await ask<{ events: Events['reports'] }>(
        collector,
        `/api/tasks/${taskId}`,
      );
      return task.events.map((one) => ({ ...one, taskId: taskId.slice(-16) }));
    }),
  );
  await collector.close();
  expectTasks(new Events(reports.flat()));
});

test('a worker at the edge whose requests have ended before their events were sent sends them with a later one', async () => {
  const collector = await startTestCollector();
  project.write({
    'src/main.mjs': `import { flush, log, startTask, stats } from '@throughline/runtime/xtrace';
      export default {
        async fetch(request) {
          const { pathname } = new URL(request.url);
          if (pathname === '/flush') return new Response(String(await flush()));
          startTask();
          log('served ' + pathname);
          // Long enough for a request with events to begin, and to be broken off.
          if (pathname === '/1') await new Promise((resolve) => setTimeout(resolve, 105));
          return new Response('');
        },
      };`,
    'build.mjs': build('src/main.mjs', 'browser', collector.url),
    'run.mjs': `
      import { Miniflare } from 'miniflare';
      import { readFileSync } from 'node:fs';
      const worker = new Miniflare({
        modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync('out.mjs', 'utf8') }],
        ...{ port: 0, host: '127.0.0.1', compatibilityDate: '2026-04-01' },
        handleRuntimeStdio() {},
      });
      const url = await worker.ready;
      for (const path of ['/1', '/2', '/3', '/flush']) {
        console.log(await (await fetch(new URL(path, url))).text());
      }
      await worker.dispose();`,
  });
  await project.run('build.mjs');
  const stdout = await project.run('run.mjs');
  const { body } = await ask<{ tasks: { title: string }[] }>(collector, '/api/tasks?limit=100');
  await collector.close();

  expect(stdout).toBe('\n\n\ntrue\n');
  expect(body.tasks.map(({ title }) => title).sort()).toEqual([
    'served /1',
    'served /2',
    'served /3',
  ]);
});

/** A build by esbuild, with the option `auto`. */
function build(entry: string, platform: string, collector?: string): string {
  const head = `globalThis.THROUGHLINE_COLLECTOR = '${collector}';`;
  return `
    import throughline from '@throughline/babel-plugin/esbuild';
    import { build } from 'esbuild';
    await build({
      ...{ entryPoints: ['${entry}'], bundle: true, format: 'esm', platform: '${platform}', outfile: 'out.mjs' },
      ...{ target: 'es2022', external: ['node:*', 'cloudflare:*'] },
      ${collector ? `conditions: ['workerd', 'worker', 'browser'], banner: { js: ${JSON.stringify(head)} },` : ''}
      plugins: [throughline({ auto: true })],
    });`;
}
