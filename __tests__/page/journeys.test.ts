import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Child, ran, root } from '../harness/child';
import { hasChromium } from '../harness/chromium';
import { freePort } from '../harness/collector';
import { hasFirefox } from '../harness/firefox';
import { PAPER_EVENTS, PAPER_PROCESSES, PAPER_TASK } from '../harness/paper';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';
import { PageTests } from './open-page';

// What people do with the page from beginning to end, in each browser. Details are tested in page.test.ts.

const TIME = 60_000;
jest.setTimeout(TIME);

/** A service in which a cart cannot be loaded, and who asks it. */
const SERVICE = `
  import { createServer } from 'node:http';
  const load = async (id) => {
    await null;
    if (id === '13') throw new RangeError('no cart 13');
    return { id };
  };
  const answer = async ({ url }) => {
    const [cart] = await Promise.all([load(url.slice(7)), load('prices')]);
    return JSON.stringify(cart);
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      (error) => {
        console.error('cannot answer', error);
        response.writeHead(500).end();
      },
    );
  });
  server.listen(0, '127.0.0.1', () => console.log('port', server.address().port));
`;

const cli = join(root, 'cli', 'bin', 'throughline.js');
const shop = { processName: 'shop', processId: 1, host: 'alpha' };
const prices = { processName: 'prices', processId: 2, host: 'beta' };

describe.each([
  ['Chromium', hasChromium],
  ['Firefox', hasFirefox],
] as const)('in %s', (browser, isThere) => {
  const it = isThere ? test : test.skip;
  let folder: string;
  let tests: PageTests;
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'throughline-journeys-')));
    if (isThere) tests = await PageTests.start(browser);
  }, TIME);
  afterAll(async () => {
    await tests?.end();
    rmSync(folder, { recursive: true, force: true });
  }, TIME);
  afterEach(async () => {
    expect(await tests?.close()).toEqual(isThere ? [] : undefined);
  });

  it('from "throughline run" to the cause of an error, and its line', async () => {
    writeFileSync(join(folder, 'service.mjs'), SERVICE);
    const env = {
      THROUGHLINE_WEB_PORT: String(await freePort()),
      THROUGHLINE_REPORT_PORT: String(await freePort()),
      THROUGHLINE_STORE: join(folder, 'events.db'),
    };
    const service = new Child([cli, 'run', 'service.mjs'], { cwd: folder, env });
    try {
      const [port] = await service.said(/port (\d+)/);
      const [address] = /http:\S+/.exec(service.stderr)!;
      await Promise.all(
        ['/carts/1', '/carts/13', '/carts/2'].map((path) =>
          fetch(`http://127.0.0.1:${port}${path}`),
        ),
      );

      await tests.open(address);
      const rows = tests.page.getByRole('table', { name: 'Tasks' }).getByRole('row');
      await rows.nth(3).waitFor();
      await tests.page.keyboard.press('/');
      await tests.page.keyboard.type('error');
      await until('one task', async () => (await rows.count()) === 2);
      await tests.page.getByRole('link', { name: 'GET /carts/13 500' }).click();
      await tests.drawn();

      await tests.page.keyboard.press('e');
      await tests.showsEvent('GET /carts/13 500');
      await tests.panel
        .getByRole('button', { name: /^cannot answer RangeError/ })
        .first()
        .click();
      await tests.showsEvent('cannot answer RangeError: no cart 13');
      const code = tests.panel.getByLabel('Code at service.mjs:');
      await code.waitFor();
      expect(await code.locator('.here').textContent()).toContain('cannot answer');
      await tests.panel.getByRole('button', { name: 'GET /carts/13', exact: true }).first().click();
      await tests.showsEvent('GET /carts/13');
      expect(await tests.close()).toEqual([]);
    } finally {
      service.signal('SIGTERM');
      await service.exit;
      await ran([cli, 'stop'], { env });
    }
  });

  it('the paper’s five events look like the paper’s figure: one way through three processes', async () => {
    await tests.report(PAPER_EVENTS);
    await tests.open(`/tasks/${PAPER_TASK}`);
    await tests.drawn();
    const svg = await tests.saved('Picture');
    const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<\/text>/g)].map(
      ([, x, y, text]) => ({ x: Number(x), y: Number(y), text: text! }),
    );
    const at = (start: string): { x: number; y: number } =>
      texts.find(({ text }) => text !== '' && start.startsWith(text.replace(/…$/, '')))!;
    const places = PAPER_EVENTS.map(({ label }) => at(label));
    const lanes = Object.values(PAPER_PROCESSES).map(({ processName }) => at(processName).x);
    // From above to below, each in the lane of its process.
    expect(places.map(({ y }) => y)).toEqual(places.map(({ y }) => y).sort((a, b) => a - b));
    expect(new Set(places.map(({ y }) => y)).size).toBe(5);
    const laneOf = ({ x }: { x: number }): number => lanes.filter((left) => left <= x).length - 1;
    expect(lanes).toEqual([...lanes].sort((a, b) => a - b));
    expect(places.map(laneOf)).toEqual([0, 1, 1, 2, 2]);
    // Hovering shows all that the listing has.
    await tests.pointAt('passing to :5678');
    expect(await tests.shown()).toMatchObject({
      'process id': '40207',
      'event id': PAPER_EVENTS[2]!.eventId,
    });
  });

  it('one event is followed through the graph, the timeline and the log', async () => {
    await tests.report([
      event(1, 1, [], { label: 'start', ...shop }),
      event(1, 2, [1], { label: 'load cart', ...shop }),
      event(1, 3, [1], { label: 'load prices', ...prices }),
      event(1, 4, [2, 3], { label: 'sum', ...shop }),
    ]);
    await tests.open(`/tasks/${id(1)}`);
    await tests.drawn();
    const { x, y } = await tests.pointAt('load prices');
    await tests.page.mouse.click(x, y);
    await tests.hasQuery('event', id(3));
    await tests.page.keyboard.press('ArrowDown');
    await tests.showsEvent('sum');

    await tests.view('Timeline').click();
    await tests.showsEvent('sum');
    await tests.page.keyboard.press('l');
    await tests.showsEvent('sum');
    expect(await tests.logged()).toEqual(['start', 'load cart', 'load prices', 'sum']);
    await tests.search.fill('load');
    await until('two lines', async () => (await tests.logged()).length === 2);
    await tests.page.reload();
    await tests.showsEvent('sum');
    await until(
      'the same two',
      async () => (await tests.logged()).join() === 'load cart,load prices',
    );
  });

  it('a task that grows is read, hidden in part, grouped and brought back', async () => {
    await tests.report([event(2, 1, [], { label: 'first', ...shop })]);
    await tests.open(`/tasks/${id(2)}`);
    await tests.drawn();
    await tests.report([event(2, 2, [1], { label: 'second', ...prices })]);
    const facts = tests.page.locator('.facts');
    await until('both events', async () => (await facts.textContent())!.includes('events2'));
    const place = await tests.pointAt('second');
    await tests.page.mouse.click(place.x, place.y, { button: 'right' });
    await tests.page.getByRole('menuitem', { name: 'Hide events of this process' }).click();
    const pill = tests.page.getByRole('button', { name: 'prices (1 event)' });
    await pill.waitFor();
    await tests.view('Log').click();
    expect(await tests.logged()).toEqual(['first']);
    await tests.view('Graph').click();
    await pill.click();
    await tests.page.getByLabel('Group by').selectOption('process');
    await tests.pointAt('second');
  });

  it('one file has all of a task in it, also its code, and opens from disk', async () => {
    writeFileSync(join(folder, 'cart.mjs'), 'export const cart = 1;\n');
    await tests.report([event(3, 1, [], { label: 'saved', source: 'cart.mjs:1', ...shop })]);
    const saved = join(folder, 'task.html');
    const events = join(folder, 'events.jsonl');
    const options = { cwd: folder };
    await new Child([cli, 'export', id(3), '--collector', tests.url, '--out', events], options)
      .exit;
    await new Child([cli, 'show', id(3), '--file', events, '--html', saved, '--code'], options)
      .exit;

    await tests.open(pathToFileURL(saved).href);
    const { x, y } = await tests.pointAt('saved');
    await tests.page.mouse.click(x, y);
    await tests.panel.getByText('export const cart = 1;').waitFor();
  });
});
