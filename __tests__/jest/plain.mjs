// What plain Jest says of the suites with a known fault, without the preset.
//
//   node __tests__/jest/plain.mjs PROJECT              compares with each fault.json
//   node __tests__/jest/plain.mjs PROJECT --write      writes it down there
//   node __tests__/jest/plain.mjs PROJECT --only NAME  one of them, and shows Jest's output
//
// PROJECT is a folder in which jest, jest-environment-jsdom, @babel/preset-typescript and
// @babel/plugin-transform-modules-commonjs are installed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { faults, runSuite } from './suites.mjs';

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, only: { type: 'string' } },
  allowPositionals: true,
});
const project = resolve(positionals[0] ?? '.');

for (const fault of faults()) {
  if (values.only !== undefined && fault.name !== values.only) continue;
  const run = await runSuite(project, fault);
  const plain = verdict(fault, run);
  console.log(`${fault.name}: ${JSON.stringify(plain)}`);
  if (values.only !== undefined) console.log(run.output);
  if (values.write) {
    const file = join(fault.folder, 'fault.json');
    const written = { ...JSON.parse(readFileSync(file, 'utf8')), plain };
    writeFileSync(file, `${JSON.stringify(written, undefined, 2)}\n`);
  } else if (!isDeepStrictEqual(plain, fault.plain)) {
    console.log(`  fault.json says ${JSON.stringify(fault.plain)}`);
    process.exitCode = 1;
  }
}

/** What a user learns: whether anything is said, of whom, and of which line. */
function verdict(fault, { code, hung, output, tests }) {
  const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  const headings = [...output.matchAll(/^ *● (.*)$/gm)].map(([, heading]) => heading.trim());
  const named = headings.map((heading) => heading.replaceAll(' › ', ' '));
  return {
    exitCode: hung ? 'does not exit' : code,
    says: headings.length > 0 ? [...new Set(headings)] : firstWords(output, hung),
    namesGuilty: fault.test !== undefined && named.includes(fault.test),
    namesLine: new RegExp(`\\b${fault.file.replaceAll('.', '\\.')}:${fault.line}\\b`).test(output),
    failsInnocent: failed.filter((name) => name !== fault.test),
  };
}

function firstWords(output, hung) {
  if (hung) return ['Jest did not exit one second after the test run has completed.'];
  const said = /^ *console\.\w+$|A worker process has failed to exit/m.exec(output);
  return said ? [said[0].trim()] : [];
}
