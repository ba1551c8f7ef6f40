import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The suites that every test runner runs: each with one known fault, or with none. */
const suites = join(__dirname, '..', 'jest');

/** What was reported of a suite, and what became of its tests. */
export interface Outcome {
  readonly reports: readonly { readonly heading: string; readonly text: string }[];
  readonly tests: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failure: string;
  }[];
}

/** What a fault.json says. */
interface Fault {
  readonly kind: string;
  readonly what?: string;
  readonly test?: string;
  readonly hook?: string;
  readonly describe?: string;
  /** Other tests for which the same is found. */
  readonly also?: readonly string[];
  /** Whether a line is known. */
  readonly isFramed?: boolean;
}

const sentences: Readonly<Record<string, RegExp>> = {
  'late-console': /: console\.\w+\(\) was called after the test finished/,
  'late-expect': /: expect\(\) ran after the test finished/,
  'late-require': /: a file was loaded after the test finished/,
  'unawaited-expect': /: expect\(\).* ran in a promise that was not awaited/,
  rejection: /: unhandled promise rejection/,
  exception: /: uncaught exception/,
  'open-handle': /: an? [\w ]+ is still open/,
  listener: /: a listener for "\w+" was not removed/,
  'pending-async': /: \w+\(\) is still pending/,
  'slept-time': /: the test waited [\d.]+ m?s of real time/,
  'fake-timers': /: \d+ timers? left in fake timers/,
};

/** Returns the names of the suites of a kind that a runner can run. */
export function suitesFor(kind: 'faults' | 'clean', runner: string): string[] {
  return readdirSync(join(suites, kind))
    .sort()
    .filter((name) => {
      const { runners = [runner] } = settingsOf(kind, name) as { runners?: string[] };
      return runners.includes(runner);
    });
}

/** Checks that one report is made of a suite, which names the guilty test, and if `isFramed` the line. */
export function expectFault(
  name: string,
  { reports }: Outcome,
  { isFramed = true }: { readonly isFramed?: boolean } = {},
): void {
  const folder = join(suites, 'faults', name);
  const fault = settingsOf('faults', name) as Fault;
  const others = (fault.also ?? []).map((test) => ownerOf({ ...fault, test }));
  const [{ text: first } = { text: '' }] = reports;
  const headline = withSpaces(first.split('\n')[0]!);

  expect(reports).toHaveLength(1);
  expect(headline.split(': ').slice(0, -1).join(': ')).toBe(ownerOf(fault));
  expect(headline).toMatch(sentences[fault.kind]!);
  for (const other of others) expect(withSpaces(first)).toContain(`"${other}"`);
  if (fault.what) expect(first).toContain(` ${fault.what} is still open`);
  const [guilty] = marked(folder, 'guilty');
  if (isFramed && fault.isFramed !== false) {
    expect(first).toMatch(new RegExp(`^    > *${guilty!.line} \\|`, 'm'));
    expect(first).toContain(`at ${name}/${guilty!.file}:${guilty!.line}:`);
  }
  for (const { file, line } of marked(folder, 'chain')) {
    expect(first).toContain(`${name}/${file}:${line}:`);
  }
}

/** Checks that nothing is reported of a suite, and that every test passes. */
export function expectClean({ reports, tests }: Outcome): void {
  expect(reports).toEqual([]);
  expect(tests).not.toEqual([]);
  expect(tests.filter(({ status }) => !UNHARMED.includes(status))).toEqual([]);
}

/** What may become of a test in which nothing is wrong. */
const UNHARMED = ['passed', 'pending', 'todo', 'skipped'];

/** Reports separate the names of blocks and tests, as runners print them; results do not. */
function withSpaces(text: string): string {
  return text.replaceAll(' › ', ' ');
}

function settingsOf(kind: 'faults' | 'clean', name: string): object {
  const file = join(suites, kind, name, kind === 'faults' ? 'fault.json' : 'suite.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
}

function ownerOf({ hook, test, describe: block }: Fault): string {
  if (hook === undefined) return test ?? block!;
  const of = hook.endsWith('Each') ? test : block;
  return of === undefined ? hook : `${hook} of ${of}`;
}

/** The lines of a suite below a comment. */
function marked(folder: string, word: string): { file: string; line: number }[] {
  return readdirSync(folder)
    .filter((file) => /\.[jt]sx?$/.test(file))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((text, index) =>
          text.trim() === `// ${word}` ? [{ file, line: index + 2 }] : [],
        ),
    );
}
