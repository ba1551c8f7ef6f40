// The small suites of this folder, and how one of them is run as a user does: in a folder of its own,
// below a project in which Jest is installed.
//
// In a suite, the comment `// guilty` stands above the line that is to be named, and `// chain` above
// further spawn points that led there.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const BABEL = `module.exports = (api) => {
  const isEsm = api.caller((caller) => Boolean(caller && caller.supportsStaticESM));
  return {
    presets: ['@babel/preset-typescript'],
    plugins: isEsm ? [] : ['@babel/plugin-transform-modules-commonjs'],
  };
};
`;

/** Every suite with a known fault: what its `fault.json` says, and the lines that are marked. */
export function faults() {
  return namesIn('faults').map((name) => {
    const folder = join(here, 'faults', name);
    const expected = JSON.parse(readFileSync(join(folder, 'fault.json'), 'utf8'));
    const [guilty] = marked(folder, 'guilty');
    return { name, folder, ...expected, line: guilty.line, chain: marked(folder, 'chain') };
  });
}

/** Every suite without one; `suite.json`, if it is there, says how it is run. */
export function cleanSuites() {
  return namesIn('clean').map((name) => {
    const folder = join(here, 'clean', name);
    const written = readdirSync(folder).includes('suite.json')
      ? JSON.parse(readFileSync(join(folder, 'suite.json'), 'utf8'))
      : {};
    return { name, folder, ...written };
  });
}

function namesIn(kind) {
  return readdirSync(join(here, kind)).sort();
}

/** The lines of a folder below a comment, as `{ file, line }`. */
export function marked(folder, word) {
  return readdirSync(folder)
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file))
    .flatMap((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      return lines.flatMap((text, index) =>
        text.trim() === `// ${word}` ? [{ file, line: index + 2 }] : [],
      );
    });
}

/** The Babel configuration of a user who has one. */
export function writeBabelConfig(folder) {
  writeFileSync(join(folder, 'babel.config.cjs'), BABEL);
}

/** Runs plain Jest over a suite. `config` is added to Jest's configuration. */
export function runSuite(project, suite, { config = {} } = {}) {
  const folder = join(project, 'suites', suite.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(suite.folder, folder, { recursive: true });
  writeBabelConfig(folder);
  writeFileSync(
    join(folder, 'jest.config.json'),
    JSON.stringify({ ...suite.config, verbose: false, ...config }),
  );
  return runJest(project, folder, suite);
}

/**
 * Runs Jest in a folder. Resolves when it has ended; one that keeps the process open is ended as soon as
 * Jest says so. `node` goes before the program.
 */
export function runJest(project, folder, { args = [], node = [] } = {}) {
  const jest = join(project, 'node_modules', 'jest', 'bin', 'jest.js');
  const results = join(folder, 'results.json');
  const flags = ['--json', '--outputFile', results, ...args];
  const child = spawn(process.execPath, [...node, jest, ...flags], {
    cwd: folder,
    env: quietEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    let hung = false;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (hung || !output.includes('Jest did not exit')) return;
      hung = true;
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code,
        hung,
        output: stripVTControlCharacters(output),
        tests: readResults(results),
      });
    });
  });
}

/** Jest writes otherwise for agents and for CI. */
function quietEnvironment() {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), NO_COLOR: '1' };
}

/** Each test's full name, whether it passed, and how it failed. */
export function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults.flatMap(
      ({ name, assertionResults }) =>
        assertionResults.map(({ fullName, status, failureMessages }) => ({
          file: name,
          fullName,
          status,
          failure: (failureMessages ?? []).join('\n'),
        })),
    );
  } catch {
    return [];
  }
}

/** What is said of each file: `Throughline: FILE`, and below it a `●` for each finding. */
export function reportsIn(output) {
  return output
    .split(/^Throughline: /m)
    .slice(1)
    .flatMap((part) => {
      // What Jest says next begins at the margin; its own findings look as ours do.
      const [heading, ...lines] = part.split('\n');
      const end = lines.findIndex((line) =>
        /^\S|^ {2}console\.|^ {2}● (?:Console$| )|^ (?:[✓❯×]|RUN|Test Files) |^⎯/.test(line),
      );
      const text = lines.slice(0, end < 0 ? undefined : end).join('\n');
      return text
        .split(/^ {2}● /m)
        .slice(1)
        .map((one) => ({ suite: heading.split(/[\\/]/)[0], heading, text: one.trimEnd() }));
    });
}
