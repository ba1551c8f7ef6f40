import { execFile } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { root } from '../harness/child';
import { packages, written } from './program';
import type { Files } from './program';

import { CHROMIUM } from '../harness/chromium';

export { CHROMIUM, hasChromium } from '../harness/chromium';

let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
});

const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript' };

interface Way {
  readonly compile?: boolean;
  readonly workers?: 'handshake' | 'instrumented';
  /** What else a page may say before it is over. */
  readonly quietMs?: number;
}

/**
 * What a page that Vite has built prints, in the page and in its workers, up to `print('over')` and a
 * little longer. Files whose name begins with `plain` are not compiled.
 */
export async function shownBy(files: Files, way: Way = {}): Promise<unknown[]> {
  const { compile = true, workers, quietMs = 150 } = way;
  const folder = built(files, compile, workers);
  await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'error'],
    { cwd: folder, env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } },
  );
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://page');
    const file = join(folder, 'dist', pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[/\w+$/.exec(file)![0]] ?? 'text/plain' });
    return response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await shownAt(server, quietMs);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function built(files: Files, compile: boolean, workers: string | undefined): string {
  const folder = written(
    {
      'print.js': `export const print = (value) => console.log(JSON.stringify(value) ?? 'null');`,
      'index.html': '<link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
      'vite.config.js': `
        import throughline from '@throughline/babel-plugin/vite';
        export default {
          plugins: [${compile ? `throughline(${JSON.stringify(workers ? { workers } : {})})` : ''}],
          worker: { format: 'es' },
          build: { modulePreload: false, target: 'esnext' },
        };`,
      ...Object.fromEntries(
        Object.entries(files).map(([name, code]) => [
          name,
          name.startsWith('plain') ? `// throughline: off file\n${code}` : code,
        ]),
      ),
    },
    { compile: false },
  );
  const ours = join(folder, 'node_modules', '@throughline', 'babel-plugin');
  symlinkSync(join(packages, 'babel-plugin'), ours);
  return folder;
}

async function shownAt(server: Server, quietMs: number): Promise<unknown[]> {
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const shown: unknown[] = [];
  const over = new Promise<void>((resolve) => {
    page.on('console', (message) => {
      const text = message.text();
      if (text === '"over"') return resolve();
      try {
        shown.push(JSON.parse(text));
      } catch {
        shown.push(`${message.type()}: ${text}`);
      }
    });
  });
  page.on('pageerror', (error) => shown.push(`error: ${error.message}`));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  let timer: NodeJS.Timeout;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      shown.push('it was never over');
      resolve();
    }, 50_000);
  });
  await Promise.race([over, late]);
  clearTimeout(timer!);
  await page.waitForTimeout(quietMs);
  await context.close();
  return shown;
}
