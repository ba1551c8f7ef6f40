import { encodeReport } from '@throughline/runtime/report';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { TraceEvent } from '../../collector/src/store/store';
import { Child, root } from '../harness/child';
import { PubsubConnection } from '../harness/pubsub-connection';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';
import { CHROMIUM, hasChromium } from '../harness/chromium';

const it = hasChromium ? test : test.skip;
const TIME = 60_000;
jest.setTimeout(TIME);

const shop = { processName: 'shop --port 80', processId: 12, host: 'alpha' };
const prices = { processName: 'prices', processId: 34, host: 'beta' };
const HTML = '<img src=x onerror="document.title=\'run\'"><b>bold</b><script>alert(1)</script>';
/** Task 1: a fork, a message and a join. */
const TASK: TraceEvent[] = [
  event(1, 1, [], {
    ...{ label: 'start', ...shop, source: 'cart.ts:12', agent: 'Cart', threadName: 'main' },
    fields: [['items', '3']],
    tags: ['demo', 'slow'],
  }),
  event(1, 2, [1], { label: 'load cart', ...shop }),
  event(1, 3, [1], { label: 'load prices', ...prices }),
  event(1, 4, [2, 3], { label: 'sum', ...shop }),
];
/** Task 2: text that would be a page if it were taken for one. */
const HOSTILE = event(2, 9, [], {
  ...{ label: HTML, processName: HTML, host: HTML, fields: [[HTML, HTML]], tags: [HTML] },
});

let collector: Child;
let url: string;
let reportAddress: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What a page did that it must not do. */
let complaints: string[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  const main = join(root, 'cli', 'dist', 'esm', 'main.js');
  collector = new Child([
    ...[main, 'serve', '--store', ':memory:', '--report-port', '0', '--web-port', '0'],
  ]);
  reportAddress = (await collector.said(/Receiving reports at (\S+)\n/))[0]!;
  url = (await collector.said(/Page at (\S+)\n/))[0]!;
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}, TIME);
afterAll(async () => {
  await browser?.close();
  await collector?.end();
}, TIME);

async function open(path: string, options: { colorScheme?: 'light' | 'dark' } = {}): Promise<void> {
  context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  page = await context.newPage();
  // What a page says while it closes is not the next test's.
  const said: string[] = [];
  complaints = said;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== url) said.push(`request to ${request.url()}`);
  });
  await page.goto(url + path);
}
afterEach(async () => {
  const found = complaints;
  complaints = [];
  await context?.close();
  expect(found).toEqual([]);
});

let sent = 0;
async function report(...events: TraceEvent[]): Promise<void> {
  const client = await PubsubConnection.to(reportAddress);
  for (const one of events) await client.publish('xtrace', encodeReport(one));
  sent += events.length;
  await until('the reports', async () => {
    const health = (await (await fetch(`${url}/health`)).json()) as {
      reports: { received: number; waiting: number };
    };
    return health.reports.received >= sent && health.reports.waiting === 0;
  });
  client.destroy();
}

const node = (number: number): Locator => page.locator(`[data-event="${id(number)}"]`);
const panel = (): Locator => page.getByRole('complementary', { name: 'Event' });
/** What the panel shows: names and values. */
const shown = async (): Promise<[string, string][]> =>
  page
    .locator('aside dl > div')
    .evaluateAll((rows) =>
      rows.map((row): [string, string] => [
        row.querySelector('dt')!.textContent,
        row.querySelector('dd')!.textContent,
      ]),
    );
const showsLabel = (label: string): Promise<void> =>
  until(`the panel to show ${label}`, async () =>
    (await shown()).some(([name, value]) => name === 'label' && value === label),
  ).then(() => undefined);
const address = (path: string): Promise<void> =>
  page.waitForURL((url) => `${url.pathname}${url.search}` === path);
const focused = (): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute('data-event') ?? null);
const focusReaches = (number: number): Promise<void> =>
  until(`the focus to reach ${number}`, async () => (await focused()) === id(number)).then(
    () => undefined,
  );
const titled = (title: string): Promise<unknown> =>
  page.waitForFunction((expected) => document.title === expected, title);

describe('the list of tasks', () => {
  it('says what to do while there is none, and shows the first one as it arrives', async () => {
    await open('/');
    await page.getByText('No events have arrived yet').waitFor();
    await report(...TASK);

    const row = page.getByRole('row').filter({ hasText: 'start' });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toMatchObject([
      `start${id(1)}`,
      '2',
      '4',
      '0',
      '3 µs',
      expect.stringContaining('2023'),
    ]);
    await page.getByText('1 task').waitFor();
  });

  it('leads to the task', async () => {
    await open('/');
    await page.getByRole('link', { name: 'start' }).click();
    await page.getByRole('heading', { name: 'start' }).waitFor();

    await address(`/tasks/${id(1)}`);
    await page.getByRole('link', { name: 'All tasks' }).click();
    await page.getByRole('heading', { name: 'Throughline' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'start' }).waitFor();
  });
});

describe('one task', () => {
  const openTask = async (search = ''): Promise<void> => {
    await open(`/tasks/${id(1)}${search}`);
    await node(1).waitFor();
  };

  it('has a node for every event, a band for every process and an edge for every cause', async () => {
    await openTask();

    expect(await page.locator('[data-event]').count()).toBe(4);
    for (const { label } of TASK) {
      expect(await page.getByRole('button', { name: label, exact: true }).count()).toBe(1);
    }
    expect(await page.locator('.lane').count()).toBe(2);
    const edges = await page
      .locator('.graph path.edge')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('class')!.trim()));
    expect(edges.sort()).toEqual(['edge join', 'edge message', 'edge message', 'edge spawn']);
    const facts = await page.locator('.facts').textContent();
    for (const fact of [id(1), '4 events', '2 processes', '3 µs']) expect(facts).toContain(fact);
  });

  it('has causes above effects', async () => {
    await openTask();
    const tops = await Promise.all([1, 2, 3, 4].map(async (n) => (await node(n).boundingBox())!.y));

    expect(tops[0]).toBeLessThan(tops[1]!);
    expect(tops[0]).toBeLessThan(tops[2]!);
    expect(Math.max(tops[1]!, tops[2]!)).toBeLessThan(tops[3]!);
  });

  it('shows in the panel all that an event carries while the mouse is over it', async () => {
    await openTask();
    expect(await panel().textContent()).toContain('Point at an event');
    await node(1).hover();
    await showsLabel('start');

    expect(await shown()).toEqual([
      ['label', 'start'],
      ['time', expect.stringContaining('2023')],
      ['process', 'shop --port 80'],
      ['process id', '12'],
      ['host', 'alpha'],
      ['thread', 'main'],
      ['source', 'cart.ts:12'],
      ['logger', 'Cart'],
      ['items', '3'],
      ['tags', 'demo, slow'],
      ['event id', id(1)],
      ['parent', 'none (starts the task)'],
      ['task id', id(1)],
    ]);
    await node(4).hover();
    await showsLabel('sum');
    expect((await shown()).filter(([name]) => name === 'parent')).toEqual([
      ['parent', id(2)],
      ['parent', id(3)],
    ]);
    await page.mouse.move(5, 890);
    await panel().getByText('Point at an event').waitFor();
  });

  it('shows the focused event, and arrow keys move from one to the next', async () => {
    await openTask();
    for (let i = 0; (await focused()) === null && i < 20; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe(id(1));
    await showsLabel('start');
    for (const number of [2, 3, 4, 4]) {
      await page.keyboard.press('ArrowDown');
      await focusReaches(number);
      await showsLabel(TASK[number - 1]!.label);
    }
    await page.keyboard.press('ArrowUp');
    await focusReaches(3);
    await showsLabel('load prices');
  });

  it('shows the focused event again when the mouse has left another one', async () => {
    await openTask();
    await node(2).focus();
    await showsLabel('load cart');
    await node(4).hover();
    await showsLabel('sum');
    await page.mouse.move(5, 890);

    await showsLabel('load cart');
  });

  it('puts the event that is clicked into the address, and a reload shows it again', async () => {
    await openTask();
    await node(3).click();
    await address(`/tasks/${id(1)}?event=${id(3)}`);
    await page.reload();
    await node(3).waitFor();

    await showsLabel('load prices');
    await page.locator(`.node.active[data-event="${id(3)}"]`).waitFor();
    await node(4).click();
    await address(`/tasks/${id(1)}?event=${id(4)}`);
  });

  it.each(['Enter', ' '])('selects the focused event with the key "%s"', async (key) => {
    await openTask();
    await node(2).focus();
    await page.keyboard.press(key);

    await address(`/tasks/${id(1)}?event=${id(2)}`);
  });

  it('marks causes and effects of the event that is pointed at', async () => {
    await openTask();
    await node(2).hover();
    await showsLabel('load cart');
    const near = await page
      .locator('.node.near')
      .evaluateAll((nodes) => nodes.map((one) => one.getAttribute('data-event')));

    expect(near.sort()).toEqual([id(1), id(2), id(4)]);
  });

  it('shows the server’s own sentence when there is no such task', async () => {
    await open('/tasks/77');
    await page.getByRole('alert').waitFor();

    expect(await page.getByRole('alert').textContent()).toContain('No events of task "77"');
    // Chromium itself says that a request was answered with 404.
    complaints = complaints.filter((text) => !text.includes('404'));
  });

  it('opens by the decimal of the paper’s records as well', async () => {
    await open('/tasks/1');

    await page.getByRole('heading', { name: 'start' }).waitFor();
  });

  it('shows events that arrive while it is open', async () => {
    await report(event(5, 50, [], { label: 'first', ...shop }));
    await open(`/tasks/${id(5)}`);
    await node(50).waitFor();
    await report(event(5, 51, [50], { label: 'second', ...shop }));

    await node(51).waitFor();
  });

  it('goes on with what it had when the collector is slow to answer or fails', async () => {
    await openTask();
    await page.route('**/api/**', (route) =>
      route.fulfill({ status: 500, json: { error: 'The disk is full. (TL_INTERNAL)' } }),
    );
    await page.getByText('The disk is full. (TL_INTERNAL)').waitFor();

    expect(await page.locator('[data-event]').count()).toBe(4);
    complaints = complaints.filter((text) => !text.includes('500'));
  });
});

describe('text of programs', () => {
  it('is shown as text in the list', async () => {
    await report(HOSTILE);
    await open('/');
    await page.getByRole('link', { name: HTML, exact: true }).waitFor();

    expect(await page.locator('img, b, main script').count()).toBe(0);
    await titled('Throughline');
  });

  it('is shown as text on the task’s page', async () => {
    await open(`/tasks/${id(2)}?event=${id(9)}`);
    await showsLabel(HTML);

    expect((await shown()).filter(([, value]) => value === HTML)).toHaveLength(5);
    expect(await page.getByRole('heading').first().textContent()).toBe(HTML);
    expect(await page.locator('img, b, main script').count()).toBe(0);
    await titled('Throughline');
  });
});

describe('appearance', () => {
  /** How well a text can be read on its ground: WCAG's contrast. */
  const contrast = (): Promise<number[]> =>
    page.evaluate(() => {
      const luminance = (color: string): number => {
        const [r, g, b] = color.match(/[\d.]+/g)!.map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const ratio = (a: string, b: string): number => {
        const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (light! + 0.05) / (dark! + 0.05);
      };
      const style = (selector: string): CSSStyleDeclaration =>
        getComputedStyle(document.querySelector(selector)!);
      const ground = getComputedStyle(document.documentElement).backgroundColor;
      return [
        ratio(style('h1').color, ground),
        ratio(style('header a').color, ground),
        ratio(style('.facts').color, ground),
        ratio(style('.node text').fill, style('.lane rect').fill),
        ratio(style('.lane .minor').fill, style('.lane rect').fill),
        ratio(style('dt').color, style('aside').backgroundColor),
        ratio(style('dd').color, style('aside').backgroundColor),
      ];
    });

  it.each(['light', 'dark'] as const)(
    'every text can be read when it is %s',
    async (colorScheme) => {
      await open(`/tasks/${id(1)}?event=${id(1)}`, { colorScheme });
      await showsLabel('start');
      const ground = await page.evaluate(
        () => getComputedStyle(document.documentElement).backgroundColor,
      );

      expect(ground).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 24, 31)');
      for (const ratio of await contrast()) expect(ratio).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('a narrow window has no second scrollbar of its own', async () => {
    await open(`/tasks/${id(1)}?event=${id(1)}`);
    await showsLabel('start');
    await page.setViewportSize({ width: 420, height: 800 });
    const [wide, visible] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);

    expect(wide).toBeLessThanOrEqual(visible!);
  });
});

describe('why a task took its time', () => {
  const spent = (number: number, ms: number, parents: number[], label: string): TraceEvent =>
    event(3, number, parents, {
      ...{ label, ...shop, timestamp: 1_700_000_000_000_000 + ms * 1000 },
      fields: label.endsWith('ended')
        ? [
            ['operation', id(number - 1)],
            ['phase', 'end'],
          ]
        : [
            ['operation', id(number)],
            ['phase', 'begin'],
            ['kind', 'client'],
          ],
    });

  it('is told with the waits that decided it, which lead to their events', async () => {
    await report(
      spent(1, 0, [], 'request'),
      spent(3, 1, [1], 'SELECT carts'),
      spent(4, 41, [3], 'SELECT carts ended'),
      spent(2, 50, [4], 'request ended'),
    );
    await open(`/tasks/${id(3)}`);
    await page.getByText('Why it took 50.0 ms').click();
    const table = page.getByRole('table', { name: 'What decided when it ended' });
    const rows = table.getByRole('row');

    expect(await rows.nth(2).getByRole('cell').allTextContents()).toEqual([
      ...['1.00 ms', '40.0 ms', '', 'SELECT carts', 'waited for it', 'shop --port 80 (12)'],
    ]);
    await table.getByRole('button', { name: 'SELECT carts', exact: true }).click();
    await panel().getByText('SELECT carts ended').first().waitFor();
    expect(page.url()).toContain(id(4));
    await page.getByRole('button', { name: 'Copy as text' }).waitFor();
  });
});
