import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Project } from './project';
import { serve } from './programs';
import { CHROMIUM, hasChromium } from '../harness/chromium';

const inBrowser = hasChromium ? describe : describe.skip;
const VITE = 'node_modules/vite/bin/vite.js';
const example = join(__dirname, '..', '..', 'examples', 'opentelemetry-browser', 'app');

interface Span {
  readonly name: string;
  readonly parent: string | null;
  readonly expected: string | null;
}
/** Of one click: itself, eight steps of it, three loads, and five steps of theirs. */
const SPANS_A_CLICK = 17;

/** The example's files, by path. */
function files(): Record<string, string> {
  const names = readdirSync(example, { recursive: true }) as string[];
  const kept = names.filter(
    (name) => !/^(node_modules|dist|package)/.test(name) && statSync(join(example, name)).isFile(),
  );
  return Object.fromEntries(kept.map((name) => [name, readFileSync(join(example, name), 'utf8')]));
}

function packages(): string[] {
  const manifest = readFileSync(join(example, 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  return Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
}

inBrowser('the page of examples/opentelemetry-browser', () => {
  let project: Project;
  beforeAll(async () => {
    project = (await Project.with(packages())).write(files());
  });

  /** Builds the page in a mode, clicks both buttons, and returns the spans it made. */
  async function spansOf(mode: string): Promise<Span[]> {
    await project.run(VITE, 'build', '--mode', mode, '--logLevel', 'warn');
    const flags = ['preview', '--mode', mode, '--host', '127.0.0.1'];
    const server = await serve(
      project.node,
      (port) => [VITE, ...flags, '--strictPort', '--port', port],
      { cwd: project.folder },
    );
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.url, { waitUntil: 'networkidle' });
      await page.evaluate(`for (const id of ['ada', 'bob']) document.getElementById(id).click()`);
      await page.waitForFunction(`window.spans.length === ${2 * SPANS_A_CLICK}`);
      return (await page.evaluate('window.spans')) as Span[];
    } finally {
      await browser.close();
      await server.end();
    }
  }
  const wrong = (spans: Span[]): string[] =>
    spans.filter(({ parent, expected }) => parent !== expected).map(({ name }) => name);

  test('with Throughline every span has the right parent', async () => {
    const spans = await spansOf('production');

    expect(spans.map(({ name }) => name)).toContain('ada: prices read');
    expect(wrong(spans)).toEqual([]);
  });

  test('with zone.js those after an await have not', async () => {
    const spans = await spansOf('zone');
    const lost = wrong(spans);

    expect(spans.filter(({ name }) => lost.includes(name)).every(({ parent }) => !parent)).toBe(
      true,
    );
    for (const user of ['ada', 'bob']) {
      expect(lost).toEqual(
        expect.arrayContaining(
          ['cart arrived', 'prices read', 'both loaded', 'after a pause', 'in a frame'].map(
            (step) => `${user}: ${step}`,
          ),
        ),
      );
      // What a click or a timer runs, zone.js does see.
      expect(lost).not.toContain(`${user}: at once`);
      expect(lost).not.toContain(`${user}: in a timer`);
    }
  });
});
