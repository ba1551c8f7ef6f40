// The plugin for Vitest from packed packages, with the versions of Vitest that this repository does not have, and in a
// browser. What Vitest 4 reports is in vitest/suites.test.ts.
import { join } from 'node:path';
import { expectClean, expectFault, suitesFor } from '../harness/suites';
import type { Outcome } from '../harness/suites';
import { CHROMIUM, hasChromium } from '../harness/chromium';
import { nodeOf, Project } from './project';
import { run } from './programs';

const OURS = ['runtime', 'babel-plugin', 'ledger', 'vitest'];
const TOOLS = ['@babel/core@7.29.13', 'jsdom@26.1.0'];
const program = join(__dirname, '..', 'vitest', 'plugin.mjs');

describe.each<[string, 20 | 24, string]>([
  ['3.2.7', 20, '7.3.0'],
  ['5.1.2', 24, '8.3.8'],
])('Vitest %s', (version, node, vite) => {
  let project: Project;
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    const packages = [`vitest@${version}`, `vite@${vite}`, ...TOOLS];
    project = await Project.with(packages, await nodeOf(node), OURS);
    const printed = await run(project.node, [program, project.folder], { cwd: project.folder });
    outcomes = JSON.parse(printed) as typeof outcomes;
  });

  test.each(suitesFor('faults', 'vitest'))('%s: one report, of the guilty test and line', (name) =>
    expectFault(name, outcomes[name]!),
  );

  test.each(suitesFor('clean', 'vitest'))('%s: no line of report, and every test passes', (name) =>
    expectClean(outcomes[name]!),
  );
});

const PAGE_TEST = `
import { expect, test, describe } from 'vitest';

interface Waiter { (): void }
const waiting: Waiter[] = [];
async function save(what: string) {
  await null;
  throw new Error('no ' + what);
}

describe('cart', () => {
  test('saves', () => {
    setTimeout(() => { console.warn('late'); for (const go of waiting) go(); }, 20);
  });
  test('waits', () => new Promise<void>((go) => waiting.push(go)));
  test('leaks', () => { setInterval(() => {}, 60_000); });
  test('clears', () => { clearInterval(setInterval(() => {}, 60_000)); });
});
test('listens', () => { window.addEventListener('resize', () => {}); });
test.concurrent('one', async () => {
  await new Promise((go) => setTimeout(go, 5));
  new BroadcastChannel('prices');
});
test.concurrent('two', () => new Promise((go) => setTimeout(go, 10)));
test('keeps', () => { void save('disk'); });
test('throws', () => { setTimeout(() => { throw new Error('late'); }, 1); });
test('expects', () => { setTimeout(() => expect(1).toBe(1), 1); });
test('rests', () => new Promise((go) => setTimeout(go, 30)));
`;
/** The lines of the test that reports name, and the test that each belongs to. */
const EXPECTED = [
  'cart › leaks: an interval is still open (16)',
  'cart › saves: console.warn() was called after the test finished (13)',
  'expects: expect() ran after the test finished (27)',
  'keeps: unhandled promise rejection (25)',
  'listens: a listener for "resize" was not removed (19)',
  'one: a channel is still open (22)',
  'throws: uncaught exception (26)',
];

describe.each<[string, 20 | 24, string[]]>([
  ['3.2.7', 20, ['@vitest/browser@3.2.7', 'vite@7.3.0']],
  ['5.1.2', 24, ['@vitest/browser-playwright@5.1.2', 'vite@8.3.8']],
])('Vitest %s in a browser', (version, node, packages) => {
  const browserTest = hasChromium ? test : test.skip;
  browserTest('names the tests and the lines of the sources', async () => {
    const all = [`vitest@${version}`, ...packages, 'playwright@1.65.1', ...TOOLS];
    const project = await Project.with(all, await nodeOf(node), OURS);
    const launch = `{ executablePath: '${CHROMIUM}', args: ['--no-sandbox'] }`;
    const [imported, provider, instance] = version.startsWith('3')
      ? ['', `'playwright'`, `{ browser: 'chromium', launch: ${launch} }`]
      : [
          `import { playwright } from '@vitest/browser-playwright';`,
          `playwright({ launchOptions: ${launch} })`,
          `{ browser: 'chromium' }`,
        ];
    project.write({
      'page.test.ts': PAGE_TEST,
      'vitest.config.mjs': `${imported}
        import throughline from '@throughline/vitest';
        const browser = { enabled: true, headless: true, screenshotFailures: false };
        export default {
          plugins: [throughline({ junit: 'found.xml' })],
          test: { browser: { ...browser, provider: ${provider}, instances: [${instance}] } },
        };`,
    });
    // Vitest fails the run for the rejection and the exception.
    const failed = project.run('node_modules/vitest/vitest.mjs', 'run');
    await expect(failed).rejects.toThrow();

    const cases = project
      .read('found.xml')
      .matchAll(/<testcase [^>]*name="(.*?)" time[^]*?at page\.test\.ts:(\d+)/g);
    const found = [...cases].map(
      ([, name, line]) => `${name!.replaceAll('&quot;', '"')} (${line})`,
    );
    expect(found.sort()).toEqual(EXPECTED);
  });
});
