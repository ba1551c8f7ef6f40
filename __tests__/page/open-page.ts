import { encodeBatch } from '@throughline/runtime/report';
import { join } from 'node:path';
import { chromium, firefox } from 'playwright-core';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  BrowserType,
  LaunchOptions,
  Locator,
  Page,
} from 'playwright-core';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { CHROMIUM } from '../harness/chromium';
import { FIREFOX } from '../harness/firefox';
import { Child, root } from '../harness/child';

/** How many events are sent at once. */
const BATCH = 5000;

/** How browsers are started. */
const BROWSERS = {
  Chromium: {
    type: chromium,
    options: {
      executablePath: CHROMIUM,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    },
  },
  // A Firefox as it is shipped is driven by WebDriver BiDi.
  Firefox: { type: firefox, options: { executablePath: FIREFOX, channel: 'moz-firefox' } },
} as const satisfies Record<string, { type: BrowserType; options: LaunchOptions }>;

/** A part of a picture, in pixels, and how far apart its points are. */
interface Part {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly step: number;
}

/** A collector with its page, and a browser. */
export class PageTests {
  private context: BrowserContext | undefined;
  /** What a page did that it must not do. */
  complaints: string[] = [];
  page!: Page;

  private constructor(
    private readonly collector: Child,
    readonly url: string,
    readonly browser: Browser,
  ) {}

  static async start(name: keyof typeof BROWSERS = 'Chromium'): Promise<PageTests> {
    const main = join(root, 'cli', 'dist', 'esm', 'main.js');
    const collector = new Child([
      ...[main, 'serve', '--store', ':memory:', '--report-port', '0', '--web-port', '0'],
    ]);
    const url = (await collector.said(/Page at (\S+)\n/))[0]!;
    const { type, options } = BROWSERS[name];
    const browser = await type.launch(options);
    return new PageTests(collector, url, browser);
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.collector.end();
  }

  /** Opens a path of the page, or another address, in a window of its own. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<void> {
    const address = URL.canParse(path) ? path : this.url + path;
    this.context = await this.browser.newContext({
      viewport: { width: 1400, height: 900 },
      ...options,
    });
    this.page = await this.context.newPage();
    // What a page says while it closes is not the next test's.
    const said: string[] = [];
    this.complaints = said;
    this.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) said.push(message.text());
    });
    this.page.on('pageerror', (error) => said.push(String(error)));
    this.page.on('dialog', (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    this.page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (!['data:', 'blob:', 'file:'].includes(protocol) && origin !== new URL(address).origin) {
        said.push(`request to ${request.url()}`);
      }
    });
    await this.page.goto(address);
  }

  /** Closes the window, and returns what the page complained of. */
  async close(): Promise<string[]> {
    const found = this.complaints;
    this.complaints = [];
    await this.context?.close();
    this.context = undefined;
    return found;
  }

  /** Sends events to the collector, and waits until it has stored them. */
  async report(events: readonly TraceEvent[]): Promise<void> {
    for (let i = 0; i < events.length; i += BATCH) {
      const body = encodeBatch(events.slice(i, i + BATCH)) as Uint8Array<ArrayBuffer>;
      const response = await fetch(`${this.url}/api/reports`, { method: 'POST', body });
      if (!response.ok) throw new Error(`The collector answered with ${response.status}.`);
    }
  }

  // A task's page.

  get picture(): Locator {
    return this.page.locator('canvas.picture');
  }

  get panel(): Locator {
    return this.page.getByRole('complementary', { name: 'Event' });
  }

  get search(): Locator {
    return this.page.getByRole('combobox', { name: 'Search' });
  }

  view(name: 'Graph' | 'Timeline' | 'Log'): Locator {
    return this.page.getByRole('group', { name: 'View' }).getByRole('button', { name });
  }

  /** Waits until all that is in view is drawn. */
  async drawn(): Promise<void> {
    await this.page.waitForFunction(
      () => performance.getEntriesByName('throughline:drawn').length > 0,
    );
  }

  /** Waits until the panel is about an event. */
  async showsEvent(label: string): Promise<void> {
    await this.panel.getByRole('heading', { level: 2, name: label, exact: true }).waitFor();
  }

  /** What the panel shows: names and values. */
  async shown(): Promise<Record<string, string>> {
    const rows = await this.panel
      .locator('dl > div')
      .evaluateAll((found) =>
        found.map((row): [string, string] => [
          row.querySelector('dt')!.textContent,
          row.querySelector('dd')!.textContent,
        ]),
      );
    return Object.fromEntries(rows);
  }

  /** Returns what the page saves as a file when that is asked for. */
  async saved(name: string): Promise<string> {
    // Not every browser tells its driver of downloads.
    const text = this.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const make = URL.createObjectURL;
          URL.createObjectURL = (file: Blob) => {
            URL.createObjectURL = make;
            void file.text().then(resolve);
            return make.call(URL, file);
          };
        }),
    );
    await this.page.locator('summary').getByText('Share').click();
    await this.page.getByRole('button', { name }).click();
    return text;
  }

  /** Moves the mouse over a picture, or a part of it, until the panel is about an event. Returns where that was. */
  async pointAt(label: string, part: Partial<Part> = {}): Promise<{ x: number; y: number }> {
    const box = (await this.picture.boundingBox())!;
    const heading = this.panel.getByRole('heading', { level: 2 });
    const { left = 10, right = box.width, top = 60, bottom = box.height, step } = part;
    for (let y = top; y < bottom; y += step ?? 20) {
      for (let x = left; x < right; x += step ?? 60) {
        await this.page.mouse.move(box.x + x, box.y + y);
        const isShown = await heading.evaluateAll(
          (found, text) => found.some((one) => one.textContent === text),
          label,
        );
        if (isShown) return { x: box.x + x, y: box.y + y };
      }
    }
    throw new Error(`The picture has no event ${label}.`);
  }

  /** The events of the log that are in view, by label. */
  async logged(): Promise<string[]> {
    return this.page.locator('.log-row .label').allTextContents();
  }

  /** Waits until a part of the address has a value, or matches. */
  async hasQuery(name: string, expected: string | RegExp): Promise<void> {
    await this.page.waitForURL((url) => {
      const value = url.searchParams.get(name) ?? '';
      return typeof expected === 'string' ? value === expected : expected.test(value);
    });
  }

  address(path: string): Promise<void> {
    return this.page.waitForURL((url) => `${url.pathname}${url.search}` === path);
  }
}
