import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ran, root } from './child';

/** What Vitest has done in a project. */
export interface VitestRun {
  readonly code: number | null;
  /** What it wrote, for people. */
  readonly output: string;
  /** The messages of the tests that have failed, by full name; none of those that have passed. */
  readonly tests: Readonly<Record<string, string[]>>;
}

interface Results {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** A user's project that has the plugin, built, beside this repository's Vitest. */
export class VitestProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'throughline-vitest-project-'));

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    this.put('package.json', '{ "type": "module" }');
  }

  put(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Makes the project consist of these files, and of the plugin with these options. */
  write(files: Readonly<Record<string, string>>, options: object = {}, config: object = {}): this {
    rmSync(join(this.folder, 'src'), { recursive: true, force: true });
    const test = JSON.stringify({ globals: true, include: ['src/**/*.test.js'], ...config });
    this.put(
      'vitest.config.js',
      `import throughline from '@throughline/vitest';
      export default { plugins: [throughline(${JSON.stringify(options)})], test: ${test} };`,
    );
    for (const [name, text] of Object.entries(files)) this.put(join('src', name), text);
    return this;
  }

  async run(env: Record<string, string> = {}): Promise<VitestRun> {
    const results = join(this.folder, 'results.json');
    rmSync(results, { force: true });
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', results];
    const { code, stdout, stderr } = await ran([vitest, 'run', ...reporters], {
      cwd: this.folder,
      // Tests here run without the bridge; users have it.
      env: { NO_COLOR: '1', CI: '1', THROUGHLINE_BRIDGE: 'on', ...env },
    });
    const written = existsSync(results) ? readFileSync(results, 'utf8') : '{ "testResults": [] }';
    const { testResults } = JSON.parse(written) as Results;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    return {
      code,
      output: stripVTControlCharacters(stdout + stderr),
      tests: Object.fromEntries(
        tests.map(({ fullName, failureMessages = [] }) => [fullName, [...failureMessages]]),
      ),
    };
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
