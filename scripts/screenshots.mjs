// npm run screenshots
//
// Makes the pictures of the page in docs/: runs two small services and examples/shop with `throughline run`, sends them requests, and
// takes pictures of two of them, in both themes. Needs Chromium and a build.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startCollector } from '../collector/dist/esm/index.js';
import { freePort } from './free-port.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'cli', 'bin', 'throughline.js');
const services = join(root, 'scripts', 'screenshots');
const example = join(root, 'examples', 'shop', 'src');
const SIZE = { width: 1280, height: 680 };
const SHOP_SIZE = { width: 1560, height: 1010 };
/** How many requests are sent before that of the pictures. */
const REQUESTS = 24;

const folder = mkdtempSync(join(tmpdir(), 'throughline-screenshots-'));
const collector = await startCollector({
  ...{ store: ':memory:', reportPort: 0, webPort: 0, otlpPort: 0, otlpGrpcPort: 0 },
});
const children = [];
let browser;
try {
  const [shop, prices] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    ...{ THROUGHLINE_WEB_PORT: new URL(collector.url).port, THROUGHLINE_HOST: '127.0.0.1' },
    ...{ THROUGHLINE_CACHE: join(folder, 'cache'), SHOP_PORT: shop, PRICES_PORT: prices },
  };
  for (const [file, port] of [
    ['prices.mjs', prices],
    ['shop.mjs', shop],
  ]) {
    start(join(services, file), env).stdout.resume();
    await answers(`http://127.0.0.1:${port}/health`);
  }
  for (let i = 1; i <= REQUESTS; i++) {
    await fetch(`http://127.0.0.1:${shop}/${i % 6 === 0 ? 'stock' : `carts/${i}`}`);
    await pause(60);
  }
  await fetch(`http://127.0.0.1:${shop}/carts/7`);
  const task = await newest('title~"GET /carts" events>=10');

  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const order = await ordered(env);
  for (const theme of ['light', 'dark']) {
    await picture(`tasks-${theme}.png`, '/?where=route~/', theme);
    await picture(`graph-${theme}.png`, `/tasks/${task}`, theme);
    await picture(`timeline-${theme}.png`, `/tasks/${task}?view=timeline`, theme);
    await picture(`shop-${theme}.png`, `/tasks/${order}`, theme, SHOP_SIZE);
  }
} finally {
  await browser?.close();
  for (const child of children) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a program until the end of this one. */
function start(file, env) {
  const child = spawn(process.execPath, [cli, 'run', file], {
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  children.push(child);
  return child;
}

/** Orders something from the page of the shop, a few times, and returns the task of the last order. */
async function ordered(env) {
  execFileSync(process.execPath, [join(example, 'build-page.mjs')]);
  const { stdout } = start(join(example, 'start.mjs'), env);
  const said = /open at (http:\S+\d)/;
  const url = await new Promise((resolve) => {
    let text = '';
    stdout.on('data', (part) => {
      text += part;
      if (said.test(text)) resolve(said.exec(text)[1]);
    });
  });
  const tab = await browser.newPage();
  await tab.goto(url);
  for (let i = 0; i < 3; i++) {
    await tab.getByRole('button', { name: 'Order' }).click();
    await tab.getByText('items in 1 parcel').waitFor();
    await pause(300);
  }
  const task = await newest('title~"click button" events>=30');
  await tab.close();
  return task;
}

async function picture(file, path, colorScheme, viewport = SIZE) {
  const context = await browser.newContext({ viewport, colorScheme });
  const tab = await context.newPage();
  await tab.goto(collector.url + path);
  await tab.getByRole('heading').first().waitFor();
  await pause(1500);
  await tab.screenshot({ path: join(root, 'docs', file) });
  await context.close();
  console.log(`docs/${file}`);
}

/** Returns the newest task that matches, when all of its events have arrived. */
async function newest(where) {
  for (let before = ''; ; await pause(500)) {
    const query = new URLSearchParams({ where, limit: '1' });
    const { tasks } = await (await fetch(`${collector.url}/api/tasks?${query}`)).json();
    const now = JSON.stringify(tasks);
    if (tasks[0] && now === before) return tasks[0].taskId;
    before = now;
  }
}

async function answers(url) {
  for (let tries = 0; tries < 200; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(100);
  }
  throw new Error(`${url} does not answer`);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
