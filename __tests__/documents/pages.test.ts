import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documents, root } from './documents';

interface Outcome {
  readonly file: string;
  readonly problems: readonly string[];
}

/** Pages whose figures are written by a command. */
const WRITTEN = ['docs/engines.md', 'docs/performance.md'];
/** Pages about frameworks, which are not installed here (toolchains/guides.test.ts). */
const GUIDES = /^docs\/frameworks\/(?!README)/;

/** Runs a page in a process of its own, which fails if there are problems. */
async function run(file: string): Promise<Outcome> {
  const runner = join(__dirname, 'run-page.mjs');
  const running = promisify(execFile)(process.execPath, [runner, file], { cwd: root });
  const { stdout } = await running.catch((failure: { stdout: string }) => failure);
  return JSON.parse(stdout) as Outcome;
}

// Each page has a folder and ports of its own, and waits most of the time.
test.concurrent.each(documents.filter((file) => !WRITTEN.includes(file) && !GUIDES.test(file)))(
  '%s: its code does what it says',
  async (file) => {
    expect((await run(file)).problems).toEqual([]);
  },
  280_000,
);

test('what a page says wrongly is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-wrong-page-'));
  const page = join(folder, 'wrong.md');
  const blocks = [
    ['js', '1 + 1'],
    ['console', '$ echo one', 'two'],
    ['console', '$ npm install no-package-of-this-name'],
    ['js right.mjs', "console.log('right', 40801)"],
    ['console', '$ node right.mjs', 'right 40801', '$ node --version', 'v…'],
  ];
  writeFileSync(page, blocks.map((lines) => `\`\`\`${lines.join('\n')}\n\`\`\`\n`).join('\n'));
  const { problems } = await run(page);
  rmSync(folder, { recursive: true });

  expect(problems).toEqual([
    expect.stringContaining('wrong.md:1: a block of "js" is neither a file nor a session'),
    expect.stringMatching(/wrong\.md:5: \$ echo one\n--- printed\none\n--- the page says\ntwo/),
    expect.stringContaining('no package no-package-of-this-name is installed here'),
  ]);
});
