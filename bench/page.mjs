// npm run bench -- page
//
// The collector's page in headless Chromium, which draws in software: how long it takes until a task is drawn, frames a second while
// it is moved, stretched and pointed at, how long the choice of an event takes whose causes and effects are all events, and the heap.
// Exits with 1 when a budget is exceeded.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { startCollector } from '../collector/dist/esm/index.js';
import { forksAndJoins, wide } from './tasks.mjs';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const assets = fileURLToPath(new URL('../collector/dist/page/assets', import.meta.url));
const BATCH = 5000;
/** How often the picture is moved for one figure. */
const MOVES = 60;

const BUDGETS = { drawnMs: 3000, paintMs: 1000, framesPerSecond: 30, selectMs: 100, bundleKb: 150 };

/** Measures the page. Returns whether a budget was exceeded. */
export async function page() {
  const collector = await startCollector({
    ...{ store: ':memory:', reportPort: 0, webPort: 0, otlpPort: 0, otlpGrpcPort: 0 },
  });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  let isOver = false;
  const check = (isWithin) => (isOver ||= !isWithin);
  try {
    console.log('\npage: a task in headless Chromium, drawn in software');
    const size = bundleSize();
    print('bundle', `${size.toFixed(0)} kB gzip`);
    check(size <= BUDGETS.bundleKb);
    let number = 0;
    for (const [name, events] of [
      ['1,000 events', forksAndJoins(1000)],
      ['10,000 events', forksAndJoins(10_000)],
      ['100,000 events', forksAndJoins(100_000)],
      ['100,000 events, 33,000 side by side', wide(100_000)],
    ]) {
      const task = await send(collector, ++number, events);
      for (const view of ['graph', 'timeline']) {
        const found = await measureTask(browser, `${collector.url}/tasks/${task}?view=${view}`);
        print(`${name}, ${view}`, textOf(found));
        check(found.drawnMs <= (events.length > 1000 ? BUDGETS.drawnMs : BUDGETS.paintMs));
        check(found.frames.every((frames) => frames >= BUDGETS.framesPerSecond));
        check(found.selectMs <= BUDGETS.selectMs);
      }
    }
    const large = await send(collector, ++number, forksAndJoins(1_000_000));
    print(
      '1,000,000 events, first window',
      await openLarge(browser, `${collector.url}/tasks/${large}`),
    );
  } finally {
    await browser.close();
    await collector.close();
  }
  return { isOver };
}

async function send(collector, number, events) {
  const taskId = number.toString(16).padStart(32, '0');
  for (let i = 0; i < events.length; i += BATCH) {
    const batch = events.slice(i, i + BATCH).map((event) => ({ ...event, taskId }));
    await collector.addEvents(batch);
  }
  return taskId;
}

async function measureTask(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const tab = await context.newPage();
  await tab.goto(url);
  const drawnMs = await drawn(tab);
  // The figures of movement are those of all events, and not of what is folded at first.
  const fold = tab.getByRole('checkbox', { name: /^Fold/ });
  if (await fold.count()) {
    await fold.uncheck();
    await settled(tab);
  }
  const box = await tab.locator('canvas.picture').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await tab.mouse.move(x, y);
  const wheel = async (dy) => {
    for (let i = 0; i < MOVES; i++) await tab.mouse.wheel(0, dy);
  };
  const zoom = async (dy) => {
    await tab.keyboard.down('Control');
    await wheel(dy);
    await tab.keyboard.up('Control');
  };
  const drag = async () => {
    await tab.mouse.down();
    for (let i = 0; i < MOVES; i++) await tab.mouse.move(x + i * 3, y + i * 2);
    await tab.mouse.up();
  };
  const point = async () => {
    for (let i = 0; i < MOVES; i++) await tab.mouse.move(x - 200 + i * 6, y - 100 + i * 3);
  };
  const frames = [];
  for (const act of [() => wheel(60), () => zoom(40), drag, () => zoom(-40), point]) {
    frames.push(await framesPerSecond(tab, act));
  }
  await tab.getByRole('button', { name: 'Fit', exact: true }).click();
  await settled(tab);
  const selectMs = await selectFirst(tab);
  const heapMb = await tab.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  await context.close();
  return { drawnMs, frames, selectMs, heapMb };
}

/** Returns after how many milliseconds all that is in view was drawn. */
async function drawn(tab) {
  const found = await tab.waitForFunction(
    () => performance.getEntriesByName('throughline:drawn')[0]?.startTime,
    null,
    { timeout: 120_000 },
  );
  return found.jsonValue();
}

/** Waits until nothing more is drawn. */
async function settled(tab) {
  const count = () => tab.evaluate(() => performance.getEntriesByName('throughline:drawn').length);
  for (let before = -1, now = await count(); before !== now;) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
    now = await count();
  }
}

async function framesPerSecond(tab, act) {
  await tab.evaluate(() => {
    window.frames = [];
    const each = (time) => {
      window.frames.push(time);
      window.frame = requestAnimationFrame(each);
    };
    window.frame = requestAnimationFrame(each);
  });
  await act();
  const times = await tab.evaluate(() => {
    cancelAnimationFrame(window.frame);
    return window.frames;
  });
  return (1000 * (times.length - 1)) / (times.at(-1) - times[0]);
}

/** Chooses the event that everything comes from, by a key. Returns after how many milliseconds the picture showed it. */
async function selectFirst(tab) {
  await tab.locator('canvas.picture').focus();
  return tab.evaluate(
    () =>
      new Promise((resolve) => {
        performance.clearMarks();
        const start = performance.now();
        const key = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true });
        document.querySelector('canvas.picture').dispatchEvent(key);
        const look = () => {
          const [mark] = performance.getEntriesByName('throughline:drawn');
          if (mark) resolve(mark.startTime - start);
          else setTimeout(look, 1);
        };
        look();
      }),
  );
}

async function openLarge(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const tab = await context.newPage();
  await tab.goto(url);
  const ms = await drawn(tab);
  const note = await tab.locator('.note').textContent();
  await context.close();
  return `drawn in ${(ms / 1000).toFixed(1)} s. It says: ${note.replace(/\s+/g, ' ').trim()}`;
}

function bundleSize() {
  const bytes = readdirSync(assets).map(
    (file) => gzipSync(readFileSync(join(assets, file))).length,
  );
  return bytes.reduce((sum, one) => sum + one, 0) / 1000;
}

function textOf({ drawnMs, frames, selectMs, heapMb }) {
  const slowest = Math.min(...frames).toFixed(0);
  return `drawn ${(drawnMs / 1000).toFixed(2)} s, ${slowest} frames/s at least, chosen ${selectMs.toFixed(0)} ms, ${heapMb.toFixed(0)} MB`;
}

function print(what, figure) {
  console.log(`  ${what.padEnd(46)} ${figure}`);
}
