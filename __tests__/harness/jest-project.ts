import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { causalGraph } from '../../collector/src/graph/causal-graph';
import { drawGraph } from '../../collector/src/graph/terminal';
import { readEventFiles } from '../../collector/src/files/event-files';
import type { TraceEvent } from '../../collector/src/reports/trace-event';
import { ran, root } from './child';

/** What Jest has done in a project. */
export interface JestRun {
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
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A user's project that has the preset, built, beside this repository's Jest. */
export class JestProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'throughline-jest-project-'));

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Makes the project consist of these files, and of the preset with these options. */
  write(files: Readonly<Record<string, string>>, options: object = {}, config: object = {}): this {
    rmSync(join(this.folder, 'src'), { recursive: true, force: true });
    const transform = { '\\.[cm]?[jt]sx?$': ['@throughline/jest/transformer', options] };
    const all = { preset: '@throughline/jest', transform, cacheDirectory: '.cache', ...config };
    this.put('package.json', '{}');
    this.put('jest.config.json', JSON.stringify(all));
    for (const [name, text] of Object.entries(files)) this.put(join('src', name), text);
    return this;
  }

  put(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  async run(flags: readonly string[] = [], env: Record<string, string> = {}): Promise<JestRun> {
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const results = join(this.folder, 'results.json');
    rmSync(results, { force: true });
    const args = [jest, '--json', '--outputFile', results, ...flags];
    const { code, stderr } = await ran(args, { cwd: this.folder, env: { NO_COLOR: '1', ...env } });
    // Jest writes none when its configuration is wrong.
    const written = existsSync(results) ? readFileSync(results, 'utf8') : '{ "testResults": [] }';
    const { testResults } = JSON.parse(written) as Results;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    return {
      code,
      output: stripVTControlCharacters(stderr),
      tests: Object.fromEntries(
        tests.map(({ fullName, failureMessages }) => [fullName, [...failureMessages]]),
      ),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The graphs of a file of events as a person sees them, by the label of their first event. */
export function graphsIn(file: string): Record<string, string[]> {
  const { events, problems } = readEventFiles(file);
  if (problems[0]) throw problems[0];
  const tasks = new Map<string, TraceEvent[]>();
  for (const event of events) tasks.set(event.taskId, [...(tasks.get(event.taskId) ?? []), event]);
  return Object.fromEntries(
    [...tasks.values()].map((task) => {
      const graph = causalGraph(task);
      const missing = graph.model.missing();
      if (missing.length > 0) throw new Error(`parents are missing: ${missing.join()}`);
      const lines = drawGraph(graph).map((line) => line.replace(/ {2,}\S+$/, '').trimEnd());
      return [graph.model.labelOf(graph.order[0]!), lines];
    }),
  );
}
