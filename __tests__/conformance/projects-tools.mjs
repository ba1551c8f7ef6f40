import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const reporter = (name) => fileURLToPath(new URL(`./reporters/${name}`, import.meta.url));

/**
 * How each test tool is run so that it tells the outcome of every test, by name.
 *
 * `command` gets the file for the results; `read` gets its path, and that of the output, and returns
 * pairs of a name and whether it passed.
 */
export const tools = {
  ava: {
    command: (args) => ['node_modules/.bin/ava', '--tap', ...args],
    // Its comments are what tests logged, not their headings.
    read: ({ output }) => tap(output).map(([title, , ok]) => [title, ok]),
  },
  tap: {
    command: (args) => args,
    read: ({ output }) =>
      tap(output).map(([title, heading, ok]) => [`${heading} ${title}`.trim(), ok]),
  },
  mocha: {
    command: (args) => [
      ...['node_modules/.bin/mocha', '--reporter', reporter('mocha.cjs'), '--no-color'],
      ...args,
    ],
    read: ({ results }) => lines(results),
  },
  node: {
    command: (args, results) => [
      ...['--test', '--test-timeout', '120000', '--test-reporter', reporter('node-test.mjs')],
      ...['--test-reporter-destination', results, ...args],
    ],
    read: ({ results }) => lines(results),
  },
  jest: {
    command: (args, results) => [
      ...['node_modules/.bin/jest', '--ci', '--json', '--outputFile', results, ...args],
    ],
    read: ({ results }) => jestReport(results),
  },
  vitest: {
    command: (args, results) => [
      ...['node_modules/.bin/vitest', 'run', '--reporter', 'json', '--outputFile', results],
      ...args,
    ],
    read: ({ results }) => jestReport(results),
  },
};

/** What our own reporters write. */
function lines(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The title, the heading above it, and whether it passed, of every test of a TAP stream. */
function tap(path) {
  const found = [];
  let heading = '';
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    heading = /^# (?!(?:tests|pass|fail|ok)\b)(.+)/.exec(line)?.[1] ?? heading;
    const [, not, name] = /^(not )?ok \d+(?: -)? ?(.*?)(?: # time = .*)?$/.exec(line) ?? [];
    if (name === undefined || /# (?:skip|todo)/i.test(name)) continue;
    found.push([name, heading, not === undefined]);
  }
  return found;
}

function jestReport(path) {
  return JSON.parse(readFileSync(path, 'utf8')).testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status }) => [fullName, status === 'passed']),
  );
}
