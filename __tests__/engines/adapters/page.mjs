// Browsers: a page on this machine runs the suite and posts the results back. No driver is needed:
// the address is an argument of the browser.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installFromDebian, NotRun } from '../install.mjs';
import { start, within } from './child.mjs';

export function open(engine, { install, limitMs }) {
  const version = installFromDebian(engine, { install });
  return { version, run: (script) => run(engine, script, limitMs) };
}

async function run(engine, script, limitMs) {
  const profile = mkdtempSync(join(tmpdir(), `throughline-${engine.name}-`));
  const page = await serve(script);
  const display = engine.needsDisplay ? await startDisplay() : undefined;
  try {
    if (engine.preferences) writeFileSync(join(profile, 'user.js'), preferences(engine));
    const args = [...engine.args, ...(engine.profile?.(profile) ?? []), page.address];
    const env = { HOME: profile, ...engine.env, ...(display && { DISPLAY: display.name }) };
    const browser = start(engine.binary, args, { env });
    try {
      return await within(limitMs, Promise.race([page.answer, ended(browser, page)]), () => ({
        lines: '',
        remark: `no answer in ${limitMs} ms; the page was ${page.wasLoaded() ? '' : 'not '}loaded`,
      }));
    } finally {
      await browser.stop();
    }
  } finally {
    await display?.stop();
    await page.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A browser that ends before it asked for the suite was not run; after that, it failed. */
async function ended(browser, page) {
  const reason = await browser.endsEarly();
  if (page.wasLoaded()) return { lines: '', remark: `it ended: ${reason}` };
  throw new NotRun(`it does not start: ${reason}`);
}

function preferences({ preferences: all }) {
  return Object.entries(all)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}

const page = `<!doctype html><meta charset="utf-8"><title>Throughline</title>
<script src="/suite.js"></script>
<script>
  const lines = [];
  const answer = (remark) => fetch('/answer', {
    method: 'POST',
    body: JSON.stringify({ lines: lines.join('\\n'), remark }),
  });
  if (typeof throughlineSuite !== 'function') answer('the suite did not load');
  else throughlineSuite((line) => lines.push(line)).then(() => answer(), (error) => answer(String(error)));
</script>`;

async function serve(script) {
  let loaded = false;
  let give;
  const answer = new Promise((resolve) => (give = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/answer') {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => (body += text));
      request.on('end', () => {
        response.end();
        give(JSON.parse(body));
      });
      return;
    }
    const isScript = request.url === '/suite.js';
    loaded ||= isScript;
    const type = isScript ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    if (isScript || request.url === '/') response.end(isScript ? script : page);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    answer,
    address: `http://127.0.0.1:${server.address().port}/`,
    wasLoaded: () => loaded,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A screen for browsers that have no headless mode; it says its number when it is ready. */
async function startDisplay() {
  const screen = start(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const number = new Promise((resolve) => screen.pipe(3).once('data', (text) => resolve(text)));
  const early = screen.endsEarly().then((reason) => {
    throw new NotRun(`its display does not start: ${reason}`);
  });
  return { name: `:${String(await Promise.race([number, early])).trim()}`, stop: screen.stop };
}
