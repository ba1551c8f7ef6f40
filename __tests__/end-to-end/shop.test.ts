import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Collector } from '../../collector/src/collector';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Child, ran, root } from '../harness/child';
import { CHROMIUM, hasChromium } from '../harness/chromium';
import { ask, startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';

const TIME = 120_000;
jest.setTimeout(TIME);

const cli = join(root, 'cli', 'bin', 'throughline.js');
const shop = join(root, 'examples', 'shop', 'src');
const folder = mkdtempSync(join(tmpdir(), 'throughline-shop-'));

let collector: Collector;
let env: Record<string, string>;
beforeAll(async () => {
  collector = await startTestCollector();
  env = {
    THROUGHLINE_WEB_PORT: new URL(collector.url).port,
    THROUGHLINE_CACHE: join(folder, 'cache'),
  };
});
afterAll(async () => {
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What an order is, wherever it comes from: each event with those that it comes after, by their labels. */
const ORDER = [
  ...times(3, 'Stock/Reserve (gateway.mjs) <- POST /orders'),
  ...times(3, 'Stock/Reserve (stock.mjs) <- Stock/Reserve'),
  // One of two shelves is locked twice: the second time after the first has been unlocked.
  'milk: shelf locked (stock.mjs) <- Stock/Reserve',
  'tea: shelf locked (stock.mjs) <- Stock/Reserve',
  'tea: shelf locked (stock.mjs) <- Stock/Reserve, tea: unlocked',
  'milk counted (count.mjs) <- milk: shelf locked',
  ...times(2, 'tea counted (count.mjs) <- tea: shelf locked'),
  'milk: unlocked (stock.mjs) <- milk counted',
  ...times(2, 'tea: unlocked (stock.mjs) <- tea counted'),
  'Stock/Reserve ended (stock.mjs) <- milk: unlocked',
  ...times(2, 'Stock/Reserve ended (stock.mjs) <- tea: unlocked'),
  ...times(3, 'Stock/Reserve ended (gateway.mjs) <- Stock/Reserve ended'),
  // All of them at once, and then one event after all.
  'everything is reserved (gateway.mjs) <- Stock/Reserve ended, Stock/Reserve ended, Stock/Reserve ended',
  'POST packing/items/milk (gateway.mjs) <- everything is reserved',
  ...times(2, 'POST packing/items/tea (gateway.mjs) <- everything is reserved'),
  'POST /items/milk (packing.mjs) <- POST packing/items/milk',
  ...times(2, 'POST /items/tea (packing.mjs) <- POST packing/items/tea'),
  // One batch for three requests.
  'packed: tea, tea, milk (packing.mjs) <- POST /items/milk, POST /items/tea, POST /items/tea',
  'POST /items/milk 200 (packing.mjs) <- packed: tea, tea, milk',
  ...times(2, 'POST /items/tea 200 (packing.mjs) <- packed: tea, tea, milk'),
  'POST packing/items/milk 200 (gateway.mjs) <- POST /items/milk 200',
  ...times(2, 'POST packing/items/tea 200 (gateway.mjs) <- POST /items/tea 200'),
  'POST /orders 200 (gateway.mjs) <- POST packing/items/milk 200, POST packing/items/tea 200, POST packing/items/tea 200',
];

/** The processes that the program starts. */
const SERVICES = ['gateway.mjs', 'packing.mjs', 'stock.mjs'];

function times(count: number, line: string): string[] {
  return Array.from({ length: count }, () => line);
}

/** Waits for a task with as many events, and returns its graph in lines as above. */
async function graph(title: RegExp, count: number): Promise<string[]> {
  const found = await until(`a task of ${count} events`, async () => {
    const { body } = await ask<{ tasks: { taskId: string; title: string; events: number }[] }>(
      ...([collector, '/api/tasks?limit=100'] as const),
    );
    return body.tasks.find((task) => title.test(task.title) && task.events === count);
  });
  const { body } = await ask<{ events: TraceEvent[] }>(collector, `/api/tasks/${found.taskId}`);
  const labels = new Map(body.events.map((one) => [one.eventId, nameOf(one.label)]));
  return body.events.map(({ label, processName, parentEventIds }) => {
    const parents = parentEventIds.map((id) => labels.get(id) ?? 'missing');
    return `${nameOf(label)} (${processName}) <- ${parents.sort().join(', ')}`;
  });
}

/** Returns a label without the port of a service. */
function nameOf(label: string): string {
  return label.replace(/127\.0\.0\.1:\d+\/(items|orders)/, (_, path) =>
    path === 'items' ? 'packing/items' : 'gateway/orders',
  );
}

test('the shop: one order, by one command', async () => {
  const { code, stdout } = await ran([cli, 'run', join(shop, 'start.mjs'), '--once'], { env });
  expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, '3 items in 1 parcel']);

  const lines = await graph(/^run node/, ORDER.length + 4 + 2 * SERVICES.length);
  expect(lines.sort()).toEqual(
    [
      ...ORDER,
      'POST gateway/orders (start.mjs) <- ',
      'POST /orders (gateway.mjs) <- POST gateway/orders',
      'POST gateway/orders 200 (start.mjs) <- POST /orders 200',
      '3 items in 1 parcel (start.mjs) <- POST gateway/orders 200',
      ...SERVICES.flatMap((name) => [
        `run node ${name} (start.mjs) <- `,
        `run node ${name} 0 (start.mjs) <- run node ${name}`,
      ]),
    ].sort(),
  );
});

(hasChromium ? test : test.skip)('the shop: an order from its page', async () => {
  let browser: Browser | undefined;
  let services: Child | undefined;
  try {
    expect((await ran([join(shop, 'build-page.mjs')])).stderr).toBe('');
    services = new Child([cli, 'run', join(shop, 'start.mjs')], { env });
    const [url] = await services.said(/open at (http:\S+\d)/, TIME);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    await page.goto(url!);
    await page.getByRole('button', { name: 'Order' }).click();
    await page.getByText('3 items in 1 parcel').waitFor();

    const lines = await graph(/^click button/, ORDER.length + 4);
    const own = lines.filter((line) => !ORDER.includes(line));
    expect(own.sort()).toEqual(
      [
        'click button (page /) <- ',
        'POST gateway/orders (page /) <- click button',
        'POST /orders (gateway.mjs) <- POST gateway/orders',
        'POST gateway/orders 200 (page /) <- POST /orders 200',
      ].sort(),
    );
  } finally {
    await browser?.close();
    services?.signal('SIGTERM');
    await services?.exit;
  }
});
