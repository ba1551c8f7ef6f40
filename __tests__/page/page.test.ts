import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { Child, root } from '../harness/child';
import { hasChromium } from '../harness/chromium';
import { event, id } from '../harness/trace-events';
import { until } from '../harness/until';
import { PageTests } from './open-page';

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

/** An event of an operation, at a time in milliseconds. */
const spent = (
  task: number,
  number: number,
  ms: number,
  parents: number[],
  label: string,
  more: [string, string][] = [],
): TraceEvent =>
  event(task, number, parents, {
    ...{ label, ...shop, timestamp: 1_700_000_000_000_000 + ms * 1000, source: 'db.ts:7' },
    fields: label.endsWith('ended')
      ? [['operation', id(number - 1)], ['phase', 'end'], ...more]
      : [['operation', id(number)], ['phase', 'begin'], ['kind', 'client'], ...more],
  });
/** A request with one query that takes so long. */
const request = (task: number, took: number, more: [string, string][] = []): TraceEvent[] => [
  spent(task, 1, 0, [], 'request'),
  spent(task, 3, 1, [1], 'SELECT carts'),
  spent(task, 4, 1 + took, [3], 'SELECT carts ended', more),
  spent(task, 2, 10 + took, [4], 'request ended'),
];

let tests: PageTests;
beforeAll(async () => {
  if (hasChromium) tests = await PageTests.start();
}, TIME);
afterAll(() => tests?.end(), TIME);
afterEach(async () => {
  expect(await tests?.close()).toEqual(hasChromium ? [] : undefined);
});
const report = (...events: TraceEvent[]): Promise<void> => tests.report(events);
const openTask = async (task = 1, search = ''): Promise<void> => {
  await tests.open(`/tasks/${id(task)}${search}`);
  await tests.drawn();
};
/** The address of task 1 with these parts. */
const at = (...parts: string[]): string =>
  `/tasks/${id(1)}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;

describe('the list of tasks', () => {
  const rows = () => tests.page.getByRole('table', { name: 'Tasks' }).getByRole('row');
  const titles = () => rows().getByRole('link').allTextContents();
  const lists = (...expected: string[]): Promise<unknown> =>
    until(`the list ${expected.join()}`, async () => {
      const found = await titles();
      return found.length === expected.length && found.every((one, i) => one === expected[i]);
    });

  it('says what to do while there is none, and shows the first one as it arrives', async () => {
    await tests.open('/');
    await tests.page.getByText('npx throughline run server.js').waitFor();
    await report(...TASK);

    await rows().nth(1).waitFor();
    expect(await rows().nth(1).getByRole('cell').allTextContents()).toMatchObject([
      ...['', `start${id(1)}demoslow`, 'shop --port 80prices'],
      ...[expect.stringContaining('2023'), '3 µs', '4', '0'],
    ]);
    await tests.page.getByText('1 task', { exact: true }).waitFor();
  });

  it('leads to the task, and back', async () => {
    await tests.open('/');
    await tests.page.getByRole('link', { name: 'start' }).click();
    await tests.page.getByRole('heading', { name: 'start' }).waitFor();

    await tests.address(at());
    await tests.page.getByRole('link', { name: 'All tasks' }).click();
    await tests.page.getByRole('heading', { name: 'Throughline' }).waitFor();
    await tests.page.goBack();
    await tests.page.getByRole('heading', { name: 'start' }).waitFor();
  });

  it('can be searched in words and fields, which it completes', async () => {
    await report(...request(10, 40, [['error.type', 'Timeout']]), ...request(11, 5));
    await tests.open('/');
    await rows().nth(1).waitFor();
    await tests.page.keyboard.press('/');
    await tests.page.keyboard.type('dura');
    await tests.page.getByRole('option', { name: 'duration>' }).click();
    await tests.page.keyboard.type('20ms');

    await lists('request');
    await tests.hasQuery('where', 'duration>20ms');
    await tests.page.getByText('1 of 3 tasks').waitFor();
    await tests.search.fill('colour=red');
    await tests.page.getByText('Tasks have no field "colour"').waitFor();
    await tests.search.fill('start');
    await lists('start');
    await tests.page.reload();
    await lists('start');
    // Chromium itself says that requests were answered with 400.
    tests.complaints = tests.complaints.filter((text) => !text.includes('400'));
  });

  it('is narrowed by a click on a process or a tag, and sorted by one on a head', async () => {
    await tests.open('/');
    await rows().nth(3).waitFor();
    await tests.page.getByRole('button', { name: 'Duration' }).click();
    await lists('request', 'request', 'start');
    await tests.page.getByRole('button', { name: 'Duration' }).click();
    await lists('start', 'request', 'request');
    await tests.page.getByRole('button', { name: 'prices' }).click();
    await lists('start');
    await tests.page.getByRole('button', { name: 'demo' }).click();

    await tests.hasQuery('where', 'process=prices tag=demo');
    await lists('start');
  });

  it('has every task of the store, however many there are', async () => {
    const many = Array.from({ length: 600 }, (_, i) =>
      event(1000 + i, 1, [], { label: `job ${i}`, timestamp: 1_600_000_000_000_000 - i }),
    );
    await report(...many);
    await tests.open('/?where=job');
    await tests.page.getByText('600 of 603 tasks').waitFor();
    await rows().nth(1).waitFor();
    expect(await rows().count()).toBeLessThan(100);
    await tests.page.getByRole('region', { name: 'Tasks' }).focus();
    await tests.page.keyboard.press('End');
    await tests.page.getByRole('link', { name: 'job 599', exact: true }).click();

    await tests.page.getByRole('heading', { name: 'job 599' }).waitFor();
  });

  it('chooses a part of the time by a drag over the histogram', async () => {
    await tests.open('/?where=request');
    const chart = tests.page.getByRole('img');
    await chart.waitFor();
    const { x, y, width } = (await chart.boundingBox())!;
    await tests.page.mouse.move(x + width * 0.5, y + 20);
    await tests.page.mouse.down();
    await tests.page.mouse.move(x + width, y + 20);
    await tests.page.mouse.up();

    await tests.hasQuery('where', /^request start>=[-\dT:.]+ start<=[-\dT:.]+$/);
  });
});

describe('one task', () => {
  it('says how long it took, how much there is, and what decided', async () => {
    await openTask();

    const facts = (await tests.page.locator('dl.facts').textContent())!;
    for (const fact of ['duration3 µs', 'events4', 'processes2']) expect(facts).toContain(fact);
    await tests.page.getByText('Why it took 3 µs').waitFor();
  });

  it('shows all that an event carries while the mouse is over it', async () => {
    await openTask();
    expect(await tests.panel.textContent()).toContain('Hover over an event');
    await tests.pointAt('start');

    expect(await tests.shown()).toEqual({
      ...{ time: expect.stringContaining('2023') as string, source: 'cart.ts:12', items: '3' },
      ...{ tags: 'demo, slow', process: 'shop --port 80', 'process id': '12', host: 'alpha' },
      ...{ thread: 'main', logger: 'Cart', 'event id': id(1), 'task id': id(1) },
    });
    expect(await tests.panel.textContent()).toContain('None (root event)');
    await tests.pointAt('sum');
    expect(await tests.panel.getByRole('listitem').allTextContents()).toEqual([
      ...['load cart', 'load prices'],
    ]);
    await tests.page.mouse.move(5, 890);
    await tests.panel.getByText('Hover over an event').waitFor();
  });

  it('has an event chosen by a click, and by links to its parents and children', async () => {
    await openTask();
    const { x, y } = await tests.pointAt('load prices');
    await tests.page.mouse.click(x, y);
    await tests.address(at(`event=${id(3)}`));
    await tests.page.mouse.move(5, 890);
    await tests.showsEvent('load prices');
    await tests.page.reload();
    await tests.showsEvent('load prices');
    await tests.panel.getByRole('button', { name: 'sum' }).click();
    await tests.showsEvent('sum');
    await tests.address(at(`event=${id(4)}`));
    await tests.panel.getByText('Ancestors').click();
    await tests.panel.getByRole('listitem').getByRole('button', { name: 'start' }).click();

    await tests.showsEvent('start');
  });

  it('is walked through with arrow keys', async () => {
    await openTask();
    // Without a click before: nothing else has the focus.
    for (const [key, label] of [
      ['ArrowDown', 'start'],
      ['ArrowDown', 'load cart'],
      ['ArrowRight', 'load prices'],
      ['ArrowDown', 'sum'],
      ['ArrowUp', 'load cart'],
    ] as const) {
      await tests.page.keyboard.press(key);
      await tests.showsEvent(label);
      await tests.page.getByRole('status').getByText(label).waitFor({ state: 'attached' });
    }
    await tests.page.keyboard.press('Escape');
    await tests.panel.getByText('Hover over an event').waitFor();
    await tests.address(at());
  });

  it('finds events, and goes from one to the next', async () => {
    await openTask();
    await tests.search.fill('load');
    await tests.page.getByText('2 matches').waitFor();
    await tests.search.press('Enter');
    await tests.showsEvent('load cart');
    await tests.page.getByRole('button', { name: 'Next match' }).click();
    await tests.showsEvent('load prices');
    await tests.page.keyboard.press('n');
    await tests.showsEvent('load cart');
    await tests.page.keyboard.press('N');

    await tests.showsEvent('load prices');
    await tests.address(at(`find=load`, `event=${id(3)}`));
  });

  it('has a log in causal order, of all events or of those that are found', async () => {
    await openTask();
    await tests.page.keyboard.press('l');
    await tests.page.getByRole('listbox', { name: 'Events in causal order' }).waitFor();
    expect(await tests.logged()).toEqual(['start', 'load cart', 'load prices', 'sum']);
    await tests.page.getByRole('option', { name: 'load prices' }).click();
    await tests.showsEvent('load prices');
    await tests.page.getByRole('listbox').press('ArrowDown');
    await tests.showsEvent('sum');
    await tests.search.fill('process=prices');
    await until('what is found', async () => (await tests.logged()).join() === 'load prices');

    await tests.view('Timeline').click();
    await tests.address(at('view=timeline', `event=${id(4)}`, 'find=process%3Dprices'));
  });

  it('shows in the log how serious a line is', async () => {
    const line = (number: number, level: string): TraceEvent =>
      event(21, number, number > 1 ? [number - 1] : [], {
        ...{ ...shop, label: level },
        fields: [['log.level', level]],
      });
    await report(line(1, 'info'), line(2, 'warn'), line(3, 'error'));
    await tests.open(`/tasks/${id(21)}?view=log`);
    await tests.page.getByRole('option').nth(2).waitFor();
    const classes = await tests.page
      .getByRole('option')
      .evaluateAll((rows) => rows.map((row) => row.className.replace('log-row', '').trim()));

    expect(classes).toEqual(['', 'warning', 'failed']);
  });

  it('opens a task that only OpenTelemetry has sent', async () => {
    const [trace, parent, child] = ['ab'.repeat(16), 'cd'.repeat(8), 'ef'.repeat(8)];
    const span = (spanId: string, name: string, more: object): object => ({
      ...{ traceId: trace, spanId, name, kind: 2, startTimeUnixNano: '1700000000000000000' },
      ...{ endTimeUnixNano: '1700000000050000000', ...more },
    });
    const spans = [span(parent, 'GET /otel', {}), span(child, 'SELECT', { parentSpanId: parent })];
    await fetch(`${tests.url}/v1/traces`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
    await tests.open(`/tasks/${trace}?view=timeline`);
    await tests.drawn();
    await tests.pointAt('SELECT');

    await tests.panel.getByText('took 50.0 ms').waitFor();
  });

  it('shows operations in time, and their begin and end', async () => {
    await openTask(10, '?view=timeline');
    const { x, y } = await tests.pointAt('SELECT carts');
    await tests.page.mouse.click(x, y);
    await tests.page.mouse.move(5, 890);
    await tests.panel.getByText('took 40.0 ms').waitFor();
    await tests.panel.getByRole('button', { name: 'SELECT carts ended' }).last().click();

    await tests.showsEvent('SELECT carts ended');
  });

  it('leads to errors', async () => {
    await openTask(10);
    await tests.page.keyboard.press('e');
    await tests.showsEvent('SELECT carts ended');

    expect(await tests.shown()).toMatchObject({ 'error.type': 'Timeout' });
  });

  it('hides events like one, says so, and brings them back', async () => {
    await openTask();
    const { x, y } = await tests.pointAt('load cart');
    await tests.page.mouse.click(x, y, { button: 'right' });
    await tests.page.getByRole('menuitem', { name: 'Hide events of this process' }).click();
    const pill = tests.page.getByRole('button', { name: 'shop --port 80 (3 events)' });
    await pill.waitFor();
    await tests.page.keyboard.press('l');
    await until(
      'the log to be shorter',
      async () => (await tests.logged()).join() === 'load prices',
    );
    await tests.page.keyboard.press('t');
    await expect(tests.pointAt('load cart')).rejects.toThrow();
    await tests.page.keyboard.press('g');
    await expect(tests.pointAt('load cart')).rejects.toThrow();
    await tests.pointAt('load prices');
    await pill.click();

    await tests.pointAt('load cart');
    await tests.address(at());
  });

  it('hides what an event has nothing to do with', async () => {
    await openTask();
    const { x, y } = await tests.pointAt('load cart');
    await tests.page.mouse.click(x, y, { button: 'right' });
    await tests.page.getByRole('menuitem', { name: /neither causes nor effects/ }).click();

    await tests.page.getByRole('button', { name: 'not related to load cart (1 event)' }).waitFor();
    await tests.pointAt('sum');
    await expect(tests.pointAt('load prices')).rejects.toThrow();
  });

  it('groups events, opens a group, and keeps it in the address', async () => {
    await report(
      ...[1, 2, 3].flatMap((at) => [
        event(41, at, at > 1 ? [1] : [], {
          ...shop,
          label: `job ${at}`,
          source: `job.ts:${Math.min(at, 2)}`,
        }),
      ]),
    );
    await openTask(41);
    await tests.page.getByLabel('Group by').selectOption('line');
    await tests.hasQuery('group', 'source');
    await expect(tests.pointAt('job 3')).rejects.toThrow();
    const { x, y } = await tests.pointAt('job 2');
    await tests.page.mouse.dblclick(x, y);
    await tests.pointAt('job 3');

    await tests.page.reload();
    await tests.drawn();
    await expect(tests.pointAt('job 3')).rejects.toThrow();
    await tests.page.getByLabel('Group by').selectOption('nothing');
    await tests.pointAt('job 3');
    await tests.hasQuery('group', '');
  });

  it('tells what is in a group, and opens and closes it by any event of it', async () => {
    const failure: [string, string][] = [['error.type', 'E']];
    await report(
      ...[1, 2, 3].map((at) =>
        event(42, at, at > 1 ? [1] : [], {
          ...{ ...shop, label: `job ${at}` },
          ...(at === 3 && { fields: failure }),
        }),
      ),
    );
    await openTask(42, '?group=process&find=3');
    await tests.page.keyboard.press('n');
    await tests.showsEvent('job 3');
    const group = tests.panel.getByRole('heading', { name: 'Shown as one: 3 events, 1 failed' });
    await group.locator('..').getByRole('button', { name: 'job 2' }).waitFor();

    await tests.picture.focus();
    await tests.page.keyboard.press('Enter');
    await tests.pointAt('job 2');
    await tests.page.mouse.move(0, 0);
    await tests.picture.focus();
    await tests.page.keyboard.press('Enter');
    await expect(tests.pointAt('job 2')).rejects.toThrow();
  });

  it('has its menu in the picture, wherever it is opened', async () => {
    await report(
      ...Array.from({ length: 30 }, (_, i) =>
        event(43, i + 1, i > 0 ? [i] : [], { ...shop, label: `step ${i}` }),
      ),
    );
    await tests.open(`/tasks/${id(43)}`, { viewport: { width: 1000, height: 500 } });
    await tests.drawn();
    const box = (await tests.picture.boundingBox())!;
    const { x, y } = await tests.pointAt('step 4', { top: box.height - 110 });
    await tests.page.mouse.click(x, y, { button: 'right' });
    const menu = (await tests.page.getByRole('menu').boundingBox())!;

    expect(menu.height).toBeGreaterThan(60);
    expect(menu.y + menu.height).toBeLessThanOrEqual(box.y + box.height);
    expect(menu.x + menu.width).toBeLessThanOrEqual(box.x + box.width);
  });

  it('shows its first and its last event when all of it is to fit', async () => {
    await report(
      ...Array.from({ length: 90 }, (_, i) =>
        event(44, i + 1, i > 0 ? [i] : [], { ...shop, label: `step ${i}` }),
      ),
    );
    await openTask(44);
    await tests.page.getByRole('button', { name: 'Fit' }).click();
    const { width, height } = (await tests.picture.boundingBox())!;
    const middle = { left: width / 2 - 140, right: width / 2, step: 4 };
    await tests.pointAt('step 0', { ...middle, top: 47, bottom: 80 });
    await tests.pointAt('step 89', { ...middle, top: height - 30 });
  });

  it('does not find what is hidden, and says so', async () => {
    await openTask(1, `?find=load&hide=${encodeURIComponent('[["label","load cart"]]')}`);
    await tests.page.getByText('1 match, 1 hidden').waitFor();
    await tests.page.keyboard.press('n');
    await tests.showsEvent('load prices');
    await openTask(
      1,
      `?hide=${encodeURIComponent('[["process","shop --port 80"],["process","prices"]]')}`,
    );
    await tests.page.getByText('These are all events of the task.').waitFor();
  });

  it('shows a chain as one event, and opens it', async () => {
    await report(
      ...Array.from({ length: 8 }, (_, i) =>
        event(20, i + 1, i > 0 ? [i] : [], { ...shop, label: `step ${i}` }),
      ),
    );
    await openTask(20);
    await tests.page.getByLabel('Fold chains and equal branches').check();
    await expect(tests.pointAt('step 3')).rejects.toThrow();
    const { x, y } = await tests.pointAt('step 1');
    await tests.page.mouse.dblclick(x, y);

    await tests.pointAt('step 3');
  });

  it('opens by the decimal of the paper’s records as well', async () => {
    await tests.open('/tasks/1');

    await tests.page.getByRole('heading', { name: 'start' }).waitFor();
  });

  it('shows the collector’s own sentence when there is no such task', async () => {
    await tests.open('/tasks/77');
    const alert = tests.page.getByRole('alert');
    await alert.waitFor();

    expect(await alert.textContent()).toContain('No events of task "77"');
    // Chromium itself says that a request was answered with 404.
    tests.complaints.splice(0);
  });

  it('grows while it is open, and what was chosen stays', async () => {
    await report(event(5, 50, [], { label: 'first', ...shop }));
    await tests.open(`/tasks/${id(5)}?event=${id(50)}&view=log`);
    await tests.showsEvent('first');
    await report(event(5, 51, [50], { label: 'second', ...shop }));
    await until('the second event', async () => (await tests.logged()).join() === 'first,second');
    await tests.showsEvent('first');
    await report(...Array.from({ length: 300 }, (_, i) => event(5, 60 + i, [51])));
    await tests.page.getByText('302').waitFor();

    await tests.showsEvent('first');
  });

  it('says why it took its time, with waits that lead to their events', async () => {
    await openTask(10);
    await tests.page.getByText('Why it took 50.0 ms').click();
    const table = tests.page.getByRole('table', { name: 'Critical path' });

    expect(await table.getByRole('row').nth(2).getByRole('cell').allTextContents()).toEqual([
      ...['1.00 ms', '40.0 ms', '', 'SELECT carts', 'waiting for this operation', 'db.ts:7'],
    ]);
    await table.getByRole('button', { name: 'SELECT carts', exact: true }).click();
    await tests.showsEvent('SELECT carts ended');
    await tests.page.getByRole('button', { name: 'Copy as text' }).waitFor();
  });

  it('names what nobody waited for any more', async () => {
    await report(
      event(40, 1, [], { label: 'begin', ...shop }),
      event(40, 2, [1], { label: 'slow', ...shop }),
      event(40, 3, [1], { label: 'fast', ...shop }),
      event(40, 4, [3], { label: 'chosen', ...shop, fields: [['join.abandoned', id(2)]] }),
    );
    await openTask(40, `?event=${id(4)}`);
    const part = tests.page.getByRole('heading', { name: 'Abandoned parts of the join' });
    await part.locator('..').getByRole('button', { name: 'slow' }).click();
    await tests.showsEvent('slow');
    const join = tests.page.getByRole('heading', { name: 'Abandoned before' });
    await join.locator('..').getByRole('button', { name: 'chosen' }).waitFor();
    await tests.page.getByText('Why it took').click();
    await tests.page
      .getByText('slow was still running when the join before chosen was settled.')
      .waitFor();
  });

  it('can be taken away: as a picture, as events, for Perfetto', async () => {
    await openTask();
    const saved = async (name: string): Promise<string> => {
      await tests.page.locator('summary').getByText('Share').click();
      const [download] = await Promise.all([
        tests.page.waitForEvent('download'),
        tests.page.getByRole('button', { name }).click(),
      ]);
      return readFileSync(await download.path(), 'utf8');
    };

    const picture = await saved('Picture');
    for (const { label } of TASK) expect(picture).toContain(`>${label}</text>`);
    const { events } = JSON.parse(await saved('Events (JSON)')) as { events: TraceEvent[] };
    expect(events).toEqual(TASK);
    const { traceEvents } = JSON.parse(await saved('Perfetto')) as {
      traceEvents: { ph: string; name: string }[];
    };
    expect(traceEvents.filter(({ ph }) => ph === 'i').map(({ name }) => name)).toEqual(
      TASK.map(({ label }) => label),
    );
  });
});

describe('many tasks', () => {
  it('two of them are compared: what differs, and both graphs', async () => {
    await tests.open('/?where=request');
    const boxes = tests.page.getByRole('checkbox');
    await boxes.nth(1).check();
    await boxes.nth(0).check();
    await tests.page.getByRole('link', { name: 'Compare the two selected tasks' }).click();
    const row = tests.page.getByRole('row').filter({ hasText: 'SELECT carts' });
    await row.waitFor();

    const cells = await row.getByRole('cell').allTextContents();
    expect(cells.slice(1, 3).sort()).toEqual(['1 × 40.0 ms', '1 × 5.00 ms']);
    expect(await tests.page.locator('canvas.picture').count()).toBe(2);
  });

  it('their shapes say which of them did something else than most', async () => {
    for (const task of [50, 51, 52]) await report(event(task, 1, [], { label: 'sweep', ...shop }));
    await report(
      event(53, 1, [], { label: 'sweep', ...shop }),
      event(53, 2, [1], { label: 'retried', ...shop }),
    );
    await tests.open('/?where=sweep');
    await tests.page.getByRole('link', { name: 'Shapes' }).click();
    const rows = tests.page.getByRole('row').filter({ has: tests.page.getByRole('cell') });
    await rows.nth(1).waitFor();

    expect(await rows.nth(0).getByRole('cell').allTextContents()).toMatchObject([
      'sweep',
      '3',
      'the most common',
      ...Array<unknown>(4).fill(expect.any(String)),
    ]);
    expect(await rows.nth(1).textContent()).toContain('+ retried');
    await rows.nth(1).getByRole('link', { name: 'Compare with the most common' }).click();
    await tests.page.locator('canvas.picture').nth(1).waitFor();
    await tests.hasQuery('after', id(53));
    await tests.page.getByRole('button', { name: 'Next difference after' }).click();
    await tests.page.getByText('retried, +1 µs').waitFor();
  });

  it('lines say what they cost in all of them', async () => {
    await tests.open('/lines?where=request');
    const row = tests.page.getByRole('row').filter({ hasText: 'SELECT carts' });
    await row.waitFor();

    expect((await row.getByRole('cell').allTextContents()).slice(0, 7)).toEqual([
      ...['db.ts:7', 'SELECT carts', '2', '5.00 ms', '40.0 ms', '45.0 ms', '1'],
    ]);
    await row.getByRole('link').first().click();
    await tests.page.getByRole('heading', { name: 'request' }).waitFor();
  });
});

describe('text of programs', () => {
  it('is shown as text in the list', async () => {
    await report(HOSTILE);
    await tests.open('/?where=bold');
    await tests.page.getByRole('link', { name: HTML, exact: true }).waitFor();

    expect(await tests.page.locator('img, b, main script').count()).toBe(0);
    expect(await tests.page.title()).toBe('Throughline');
  });

  it.each(['graph', 'timeline', 'log'])('is shown as text in the %s', async (view) => {
    await tests.open(`/tasks/${id(2)}?event=${id(9)}&view=${view}`);
    await tests.showsEvent(HTML);

    expect(await tests.shown()).toMatchObject({ [HTML]: HTML, process: HTML, tags: HTML });
    expect(await tests.page.locator('img, b, main script').count()).toBe(0);
    expect(await tests.page.title()).toBe(`${HTML} · Throughline`);
  });

  it.each([
    ['very long', 'x'.repeat(100_000)],
    ['from right to left', '\u202eשלום עולם'],
    ['of many parts', '👩‍👩‍👧‍👦'.repeat(50)],
    ['broken', '\ud800 \0 \x1b[2J'],
  ])('that is %s keeps the page as wide as it is', async (_, label) => {
    const task = 30 + (label.length % 7);
    await report(event(task, 1, [], { label, ...shop, processName: label }));
    for (const path of ['/', `/tasks/${id(task)}`, `/tasks/${id(task)}?view=timeline`]) {
      await tests.open(path);
      await tests.page.getByRole('heading').first().waitFor();
      const [wide, visible] = await tests.page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(wide).toBeLessThanOrEqual(visible!);
      expect(await tests.close()).toEqual([]);
    }
  });
});

describe('one file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-page-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has all of a task in it, and opens from disk', async () => {
    const file = join(folder, 'task.html');
    const main = join(root, 'cli', 'dist', 'esm', 'main.js');
    const program = new Child([...[main, 'show', id(1), '--html', file, '--collector', tests.url]]);
    expect(await program.exit).toMatchObject({ code: 0 });
    await tests.open(pathToFileURL(file).href);
    await tests.page.getByRole('heading', { name: 'start' }).waitFor();
    await tests.pointAt('load prices');
    await tests.view('Log').click();

    expect(await tests.logged()).toEqual(TASK.map(({ label }) => label));
    expect(await tests.page.getByRole('link', { name: 'All tasks' }).count()).toBe(0);
  });

  it('runs nothing that a program wrote', async () => {
    const file = join(folder, 'hostile.html');
    const main = join(root, 'cli', 'dist', 'esm', 'main.js');
    await new Child([...[main, 'show', id(2), '--html', file, '--collector', tests.url]]).exit;
    await tests.open(pathToFileURL(file).href);
    await tests.page.getByRole('heading', { name: HTML }).waitFor();

    expect(await tests.page.title()).toBe(`${HTML} · Throughline`);
  });
});

describe('appearance', () => {
  const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  const pages = [
    ['the list', '/'],
    ['the graph', `/tasks/${id(10)}?event=${id(3)}`],
    ['the timeline', `/tasks/${id(10)}?view=timeline`],
    ['the log', `/tasks/${id(10)}?view=log&find=error`],
    ['the comparison', `/compare?before=${id(10)}&after=${id(11)}`],
    ['the lines', '/lines?where=request'],
    ['the shapes', '/shapes?where=sweep'],
    ['an error', '/tasks/77'],
  ] as const;

  it.each(pages)(
    '%s is accessible by the rules of WCAG 2.2 AA, light and dark',
    async (_, path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        // The page's policy keeps out what a test brings along.
        await tests.open(path, { colorScheme, bypassCSP: true });
        await tests.page.getByRole('heading').first().waitFor();
        await tests.page.waitForLoadState('networkidle').catch(() => undefined);
        await tests.page.evaluate(axe);
        const violations = await tests.page.evaluate(async () => {
          const { violations: found } = await (
            window as unknown as {
              axe: {
                run(
                  options: object,
                ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
              };
            }
          ).axe.run({
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          });
          return found.map(
            ({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html).join()}`,
          );
        });
        expect(violations).toEqual([]);
        tests.complaints.splice(0);
        await tests.close();
      }
    },
  );

  it.each(pages)('%s has no scrollbar to the side from 800 pixels on', async (_, path) => {
    await tests.open(path, { viewport: { width: 800, height: 700 } });
    await tests.page.getByRole('heading').first().waitFor();
    const [wide, visible] = await tests.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);

    expect(wide).toBeLessThanOrEqual(visible!);
    tests.complaints.splice(0);
  });
});

it('a task of 100,000 events is opened, drawn, walked through and searched', async () => {
  // Chains of ten events that begin at one event and are joined by another one.
  const count = 100_000;
  const events: TraceEvent[] = [event(99, 1, [], shop)];
  const tips: number[] = [];
  for (let number = 2; number < count; number++) {
    const isFirst = number % 10 === 2;
    events.push(event(99, number, [isFirst ? 1 : number - 1], number % 3 ? shop : prices));
    if (number % 10 === 1) tips.push(number);
  }
  events.push(event(99, count, tips, shop));
  await tests.report(events);
  await openTask(99);
  await tests.page.getByText('100,000').waitFor();
  await tests.picture.focus();
  await tests.page.keyboard.press('f');
  await tests.page.keyboard.press('ArrowDown');
  await tests.showsEvent('event 1');
  await tests.search.fill(`"event 99999"`);
  await tests.search.press('Enter');
  await tests.page.getByText('1 match').waitFor();
  await tests.search.press('Enter');
  await tests.showsEvent('event 99999');
  await tests.view('Timeline').click();
  await tests.drawn();
  await tests.view('Log').click();

  await tests.page.getByRole('option', { name: 'event 99999' }).waitFor();
});
