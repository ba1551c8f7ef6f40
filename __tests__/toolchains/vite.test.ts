import { chromium } from 'playwright-core';
import { choice, chosen, program } from './dependencies';
import { appWithoutClient, moduleApp, outcome, seen } from './app';
import { Project } from './project';
import { serve } from './programs';
import { CHROMIUM, hasChromium } from '../harness/chromium';

const inBrowser = hasChromium ? test : test.skip;
const VITE = 'node_modules/vite/bin/vite.js';
const configuration = (rest = '', options = ''): string => `
  import throughline from '@throughline/babel-plugin/vite';
  export default { plugins: [throughline(${options})], ${rest} };`;
/** The app as a page. A browser has no `setImmediate`. */
const page = {
  ...appWithoutClient(),
  'src/shop.js': moduleApp()['src/shop.js']!.replace('setImmediate', 'setTimeout'),
  'vite.config.js': configuration(),
  'index.html': '<script type="module" src="/src/app.js"></script>',
};

let project: Project;
beforeAll(async () => {
  project = await Project.with(['@babel/core@7.29.13', 'vite@8.3.8', 'events@3.3.0']);
});

/** Opens the page that `vite` serves with these flags, and returns what it saw. */
async function seenByBrowser(...flags: string[]): Promise<unknown> {
  const server = await serve(
    ...([project.node, (port: string) => [VITE, ...flags, '--port', port]] as const),
    { cwd: project.folder },
  );
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const opened = await browser.newPage();
    const printed = opened.waitForEvent('console', (message) => message.text().startsWith('{'));
    await opened.goto(server.url);
    return JSON.parse((await printed).text());
  } finally {
    await browser.close();
    await server.end();
  }
}

test('build, for a server', async () => {
  project.write({
    ...moduleApp(),
    'vite.config.js': configuration('ssr: { noExternal: true }'),
  });
  await project.run(VITE, 'build', '--ssr', 'src/app.js', '--logLevel', 'warn');

  expect(await project.outcomeOf('dist/app.js')).toEqual(outcome);
});

test('the development server gives modules to a server', async () => {
  project.write({
    ...moduleApp(),
    'vite.config.js': configuration(),
    'server.js': `
      import { createServer } from 'vite';
      const vite = await createServer({
        server: { middlewareMode: true, ws: false }, appType: 'custom', logLevel: 'silent',
      });
      const { answered } = await vite.ssrLoadModule('/src/events.js');
      const { main } = await vite.ssrLoadModule('/src/requests.js');
      await answered();
      console.log(JSON.stringify(await main()));
      await vite.close();`,
  });

  expect(await project.outcomeOf('server.js')).toEqual(outcome);
});

inBrowser('build, for a browser', async () => {
  project.write(page);
  await project.run(VITE, 'build', '--logLevel', 'warn');

  expect(await seenByBrowser('preview', '--host', '127.0.0.1')).toEqual(seen);
});

inBrowser('the development server gives modules to a browser', async () => {
  project.write(page);
  project.forget('node_modules/.vite');

  expect(await seenByBrowser('--host', '127.0.0.1')).toEqual(seen);
});

const chooses = {
  ...program,
  'vite.config.js': configuration('ssr: { noExternal: true }', choice),
  'index.html': page['index.html'],
};

test('build, with dependencies that are included and a file that is not', async () => {
  project.write(chooses);
  await project.run(VITE, 'build', '--ssr', 'src/app.js', '--logLevel', 'warn');

  expect(await project.seenBy('dist/app.js')).toEqual(chosen);
});

inBrowser('the development server, with the same, which it bundles by themselves', async () => {
  project.write(chooses);
  project.forget('node_modules/.vite');
  expect(await seenByBrowser('--host', '127.0.0.1')).toEqual(chosen);

  project.add({ 'vite.config.js': configuration() });
  expect(await seenByBrowser('--host', '127.0.0.1')).toEqual({
    ...{ kept: 'nobody', common: 'nobody', plain: 'nobody', left: 'ada' },
  });
});

test.each(['es', 'iife'])('a worker is instrumented as well: %s', async (format) => {
  project.write({
    'src/main.js': `
      new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
        .addEventListener('message', async ({ data }) => { await null; console.log(data); });`,
    'src/worker.js': `onmessage = async () => { await null; postMessage('in the worker'); };`,
    'vite.config.js': configuration(`worker: { format: '${format}' }`),
    'index.html': '<script type="module" src="/src/main.js"></script>',
  });
  await project.run(VITE, 'build', '--minify', 'false', '--logLevel', 'warn');
  const worker = project.list('dist/assets').find((name) => name.startsWith('worker'))!;

  expect(project.read(`dist/assets/${worker}`)).toMatch(/suspend\(_strand/);
});
