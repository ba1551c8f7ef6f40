import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ran, root } from '../harness/child';
import { instrument } from '../harness/instrument';
import { CHROMIUM, hasChromium } from '../harness/chromium';

const it = hasChromium ? test : test.skip;
const TIME = 120_000;
jest.setTimeout(TIME);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-playwright-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a compiled script in a process of its own, and gives what it noted. */
async function driven(steps: string): Promise<unknown> {
  const script = `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    import { chromium } from 'playwright-core';

    const user = register('nobody');
    const noted = {};
    const note = (what, value = getLocal(user)) => { noted[what] = value; };
    const look = async (what, promise) => {
      const value = await promise;
      note(what, [value, getLocal(user)]);
      return value;
    };

    async function drive(browser) {
      setLocal(user, 'ada');
      const page = await browser.newPage();
      await page.setContent('<p class="price">3</p><p class="price">4</p>');
      ${steps}
    }

    (async () => {
      const browser = await chromium.launch({
        executablePath: '${CHROMIUM}',
        args: [
          '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
          '--disable-background-networking', '--disable-component-update', '--disable-sync',
        ],
      });
      try {
        await drive(browser);
        note('afterwards');
      } finally {
        await browser.close();
      }
      console.log(JSON.stringify(noted));
    })();
  `;
  const file = join(folder, `script-${++scripts}.cjs`);
  writeFileSync(file, instrument(script, {}, { commonjs: true }));
  const { code, stdout, stderr } = await ran([file], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { afterwards, ...noted } = JSON.parse(stdout) as Record<string, unknown>;
  expect(afterwards).toBe('nobody');
  return noted;
}
let scripts = 0;

it('functions that are sent to the page run there, and the script keeps its slots', async () => {
  const noted = await driven(`
    const factor = 2;
    const double = async (n) => { await null; return n * 2; };
    async function triple(n) { await new Promise((done) => setTimeout(done, 1)); return n * 3; }
    await look('arrow', page.evaluate(async (n) => {
      await new Promise((done) => setTimeout(done, 1));
      const parts = await Promise.all([n, 2].map(async (one) => one + 1));
      for await (const part of parts) n += part;
      return n;
    }, factor));
    await look('name', page.evaluate(double, 4));
    await look('declaration', page.evaluate(triple, 4));
    await look('text', page.evaluate(\`(\${triple})(5)\`));
    await look('element', page.$eval('.price', async (one) => (await one).textContent));
    await look('elements', page.$$eval('.price', (all) => all.map(({ textContent }) => textContent)));
    await look('all', page.locator('.price').evaluateAll(async (all) => all.length));
    await look('one', page.locator('.price').first().evaluate(async (one) => one.className));
    const handle = await page.evaluateHandle(async () => document.body);
    await look('handle', handle.evaluate(async (body) => body.tagName));
    await look('frame', page.mainFrame().evaluate(async () => 'frame'));
    await look('thrown', page.evaluate(async () => { throw new Error('there'); }).catch((error) => {
      note('in catch');
      return /there/.test(error.message);
    }));
  `);

  expect(noted).toEqual({
    arrow: [8, 'ada'],
    name: [8, 'ada'],
    declaration: [12, 'ada'],
    text: [15, 'ada'],
    element: ['3', 'ada'],
    elements: [['3', '4'], 'ada'],
    all: [2, 'ada'],
    one: ['price', 'ada'],
    handle: ['BODY', 'ada'],
    frame: ['frame', 'ada'],
    'in catch': 'ada',
    thrown: [true, 'ada'],
  });
});

it('waits, init scripts, events and exposed functions keep their slots', async () => {
  const noted = await driven(`
    const heard = new Promise((done) => page.on('console', async (message) => {
      const [argument] = message.args();
      note('console', [await argument.jsonValue(), getLocal(user)]);
      done();
    }));
    await page.exposeFunction('charge', async (amount) => {
      note('exposed');
      await null;
      note('exposed, later');
      return amount + 1;
    });
    await page.addInitScript(async (name) => {
      window.greeting = await Promise.resolve('hello ' + name);
    }, 'ada');
    await page.goto('data:text/html,<p>page');
    await look('init script', page.waitForFunction(async () => (await null, window.greeting))
      .then((handle) => handle.jsonValue()));
    await look('charged', page.evaluate(async () => window.charge(41)));
    page.once('dialog', async (dialog) => {
      note('dialog', [dialog.message(), getLocal(user)]);
      await dialog.accept();
      note('dialog, later');
    });
    await look('confirmed', page.evaluate(async () => confirm('sure?')));
    const [message] = await Promise.all([
      page.waitForEvent('console', (one) => (note('predicate'), one.text() === 'bought')),
      page.evaluate(async () => { await null; console.log('bought'); }),
    ]);
    await look('waited', message.text());
    await heard;
  `);

  expect(noted).toEqual({
    console: ['bought', 'ada'],
    exposed: 'ada',
    'exposed, later': 'ada',
    'init script': ['hello ada', 'ada'],
    charged: [42, 'ada'],
    dialog: ['sure?', 'ada'],
    'dialog, later': 'ada',
    confirmed: [true, 'ada'],
    predicate: 'ada',
    waited: ['bought', 'ada'],
  });
});

it('an intercepted request is answered with the slots of whoever asked for it', async () => {
  const noted = await driven(`
    await page.route('**/prices', async (route) => {
      note('route');
      await route.fulfill({ body: 'from the script', headers: { 'access-control-allow-origin': '*' } });
      note('route, later');
    });
    await look('answer', page.evaluate(async () => (await fetch('http://shop.test/prices')).text()));
  `);

  expect(noted).toEqual({
    route: 'ada',
    'route, later': 'ada',
    answer: ['from the script', 'ada'],
  });
});
