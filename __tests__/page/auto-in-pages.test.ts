import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Collector } from '@throughline/collector';
import type { Report } from '@throughline/runtime/report';
import { CHROMIUM, hasChromium } from '../harness/chromium';
import { ask, startTestCollector } from '../harness/test-collector';
import { Events } from '../operations/program';
import { until } from '../harness/until';
import { bundlePage } from './page-bundle';

const it = hasChromium ? test : test.skip;
jest.setTimeout(60_000);

const task = '0af7651916cd43dd8448eb211c80319c';
const PROGRAM = `
  import { log } from '@throughline/runtime/xtrace';
  const text = async (url, init) => (await fetch(url, init)).text();
  async function show() {
    const [own, other] = await Promise.all([text('/api/own?secret=1'), text(globalThis.OTHER + '/other')]);
    log('shown', { own, other });
    await text('/api/given', { headers: { traceparent: '00-${task}-b7ad6b7169203331-01' } });
    await fetch('/api/missing');
    await fetch('http://127.0.0.1:1/').catch(() => {});
    log('done');
  }
  await show();
  const button = document.createElement('button');
  button.id = 'buy';
  button.textContent = 'secret name';
  document.body.append(button);
  const send = (method, url, isAsync, header) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onloadend = () => resolve(request.responseText || 'nothing');
      request.open(method, url, isAsync);
      if (header) request.setRequestHeader('traceparent', header);
      request.send();
      if (!isAsync) log('sent at once');
    });
  document.body.insertAdjacentHTML(
    'beforeend',
    '<form><input name="id"><input name="getAttribute"><input type="password" id="secret-field"><button></button></form>',
  );
  const form = document.querySelector('form');
  form.addEventListener('submit', (event) => { event.preventDefault(); log('submitted'); });
  for (const type of ['keydown', 'input']) form.addEventListener(type, () => log(type));
  button.addEventListener('click', async () => {
    const [own, other, none] = await Promise.all([
      send('post', '/api/xhr?secret=1', true),
      send('GET', globalThis.OTHER + '/other-xhr', true),
      send('GET', 'http://127.0.0.1:1/none', true),
    ]);
    log('bought', { own, other, none });
    history.pushState({}, '', '/bought?secret=1');
    await send('GET', '/api/sync', false);
    await send('GET', '/api/given-xhr', true, '00-${task}-b7ad6b7169203331-01');
    log('ready');
    const twice = new XMLHttpRequest();
    twice.open('GET', '/api/given-up');
    twice.send();
    try { twice.send(); } catch ({ name }) { log('twice ' + name); }
    twice.open('GET', '/api/reopened');
    await new Promise((resolve) => { twice.onload = resolve; twice.send(); });
    history.replaceState({ scroll: 1 }, '', location.href);
    globalThis.isBought = true;
  });
  globalThis.isDone = true;
  addEventListener('pagehide', () => log('left'));
  setTimeout(() => { throw new Error('boom'); });
`;

let folder: string;
let script: string;
let collector: Collector;
let browser: Browser;
let servers: Server[] = [];
/** The headers that servers have got, by path. */
let asked: Map<string, Record<string, unknown>>;

beforeAll(async () => {
  if (!hasChromium) return;
  folder = mkdtempSync(join(tmpdir(), 'throughline-pages-'));
  script = await bundlePage(folder, PROGRAM);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(async () => {
  if (!hasChromium) return;
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  asked = new Map();
  collector = await startTestCollector();
});
afterEach(async () => {
  for (const server of servers) server.close().closeAllConnections();
  servers = [];
  await collector.close();
});

async function serve(answer: (path: string) => [status: number, headers: object, body: string]) {
  const server = createServer(({ url = '', headers }, response) => {
    const [path] = url.split('?') as [string];
    asked.set(path, headers);
    const [status, given, body] = answer(path);
    response.writeHead(status, given as never).end(body);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens a page with the program, and leaves it. Returns the events of its task. */
async function visit(head: string, headers: object, taskId?: string): Promise<Events> {
  const other = await serve(() => [
    200,
    { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
    'other',
  ]);
  const meta = `<meta name="throughline-collector" content="${collector.url}">`;
  const html = `<!doctype html><head>${meta}${head}<script>OTHER = '${other}'</script></head>
    <script type="module" src="/page.js"></script>`;
  const own = await serve((path) => {
    if (path === '/page.js') return [200, { 'content-type': 'text/javascript' }, script];
    if (path === '/shop') return [200, { 'content-type': 'text/html', ...headers }, html];
    return path.startsWith('/api/')
      ? [path === '/api/missing' ? 404 : 200, {}, 'own']
      : [200, {}, ''];
  });
  const page = await browser.newPage();
  await page.goto(`${own}/shop?secret=1`);
  await page.waitForFunction('globalThis.isDone');
  await page.click('#buy');
  await page.waitForFunction('globalThis.isBought');
  await page.type('#secret-field', 'abc');
  await page.press('input[name=id]', 'Enter');
  await page.goto('about:blank');
  await page.close();
  const { body } = await until('the last event', async () => {
    const list = await ask<{ tasks: { taskId: string }[] }>(collector, '/api/tasks');
    const id = taskId ?? list.body.tasks[0]?.taskId;
    const answer = await ask<{ events?: Report[] }>(
      collector,
      `/api/tasks/${id ?? '0'.repeat(32)}`,
    );
    return answer.body.events?.some(({ label }) => label === 'left') && answer;
  });
  return new Events(body.events!);
}

it('a page goes on with the task of its server, and its requests are operations', async () => {
  const header = { 'server-timing': `db;dur=5, traceparent;desc="00-${task}-b7ad6b7169203331-01"` };
  const events = await visit('', header, task);

  const load = events.find('begin', /^load \/shop$/);
  expect(load.parentEventIds).toEqual(['b7ad6b7169203331']);
  expect(load.processName).toBe('page /shop');
  events.find('end', /^load \/shop ended$/);
  const own = events.find('begin', /^GET 127\.0\.0\.1:\d+\/api\/own$/);
  const other = events.find('begin', /^GET 127\.0\.0\.1:\d+\/other$/);
  for (const one of [own, other]) expect(events.parentsOf(one)).toEqual(['begin load /shop']);
  const shown = events.reports.find(({ label }) => label === 'shown')!;
  const both = events.parentsOf(shown).map((one) => one.replace(/:\d+/, ''));
  expect(both.sort()).toEqual(['end GET 127.0.0.1/api/own 200', 'end GET 127.0.0.1/other 200']);
  expect(Events.field(events.find('end', /missing 404$/), 'status')).toBe('error');
  expect(Events.field(events.find('end', /^GET 127\.0\.0\.1:1\/ failed$/), 'error.type')).toBe(
    'TypeError',
  );
  expect(JSON.stringify(events.reports)).not.toContain('secret');

  expect(asked.get('/api/own')!['traceparent']).toBe(`00-${task}-${own.eventId}-01`);
  expect(asked.get('/other')!['traceparent']).toBeUndefined();
  expect(asked.get('/api/given')!['traceparent']).toBe(`00-${task}-b7ad6b7169203331-01`);
});

it('a page without a server that names a task begins one, and names other hosts to take it to', async () => {
  const events = await visit('<meta name="throughline-propagate-to" content="127.0.0.*">', {});

  expect(events.find('begin', /^load \/shop$/).parentEventIds).toEqual([]);
  const failed = events.reports.find(({ label }) => label === 'uncaught exception')!;
  expect(Events.field(failed, 'error.message')).toBe('boom');
  expect(asked.get('/other')!['traceparent']).toMatch(new RegExp(`^00-${failed.taskId}-`));
});

it('what a person does is a task of its own, with requests by XMLHttpRequest and navigations', async () => {
  const page = await visit('', {});
  const { body } = await ask<{ tasks: { taskId: string; title: string }[] }>(
    collector,
    '/api/tasks',
  );
  const [click] = body.tasks.filter(({ title }) => title === 'click button#buy');
  const answer = await ask<{ events: Report[] }>(collector, `/api/tasks/${click!.taskId}`);
  const events = new Events(answer.body.events);
  const labelled = (label: string): Report =>
    events.reports.find((one) => one.label.replace(/:\d+/, '') === label)!;

  const begun = labelled('click button#buy');
  expect(begun.parentEventIds).toEqual([]);
  // What it leads to goes on after its listeners have returned, so it has no end of its own.
  expect(Events.field(begun, 'phase')).toBeUndefined();
  expect(begun.fields).toContainEqual([
    'link',
    expect.stringMatching(/^[0-9a-f]{32}\/[0-9a-f]{16}$/),
  ]);
  expect(page.reports.map(({ eventId }) => eventId)).toContain(
    Events.field(begun, 'link')!.split('/')[1],
  );
  for (const path of ['POST 127.0.0.1/api/xhr', 'GET 127.0.0.1/other-xhr']) {
    expect(events.parentsOf(labelled(path))).toEqual(['event click button#buy']);
  }
  const shown = events.parentsOf(labelled('bought')).map((one) => one.replace(/:\d+/, ''));
  expect(shown).toEqual([
    'end GET 127.0.0.1/none failed',
    'end GET 127.0.0.1/other-xhr 200',
    'end POST 127.0.0.1/api/xhr 200',
  ]);
  expect(events.parentsOf(labelled('navigate /bought'))).toEqual(['event bought']);
  const atOnce = events.parentsOf(labelled('sent at once')).map((one) => one.replace(/:\d+/, ''));
  expect(atOnce).toEqual(['end GET 127.0.0.1/api/sync 200']);
  expect(JSON.stringify(events.reports)).not.toContain('secret');

  events.find('end', /api\/given-up cancelled$/);
  events.find('end', /api\/reopened 200$/);
  expect(labelled('twice InvalidStateError')).toBeDefined();
  expect(events.reports.filter(({ label }) => label.startsWith('navigate'))).toHaveLength(1);
  // Fields hide properties of their form, and what is typed as a password makes no task.
  const titles = body.tasks.map(({ title }) => title).sort();
  expect(titles.filter((title) => title.startsWith('submit'))).toEqual(['submit form']);
  expect(titles.filter((title) => /^(?:input|keydown)/.test(title))).toEqual([
    'keydown input[name=id]',
  ]);

  const sent = labelled('POST 127.0.0.1/api/xhr');
  expect(asked.get('/api/xhr')!['traceparent']).toBe(`00-${click!.taskId}-${sent.eventId}-01`);
  expect(asked.get('/other-xhr')!['traceparent']).toBeUndefined();
  expect(asked.get('/api/given-xhr')!['traceparent']).toBe(`00-${task}-b7ad6b7169203331-01`);
});
