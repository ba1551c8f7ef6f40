// The preset from packed packages, with Jest 29 and with other transformers. What Jest 30 with Babel reports is in
// jest/suites.test.ts.
import { join } from 'node:path';
import { expectClean, expectFault, suitesFor } from '../harness/suites';
import type { Outcome } from '../harness/suites';
import { Project } from './project';
import { run } from './programs';

const OURS = ['runtime', 'babel-plugin', 'ledger', 'jest'];
const BABEL = [
  '@babel/core@7.29.13',
  '@babel/plugin-transform-modules-commonjs@7.29.14',
  '@babel/preset-typescript@7.29.7',
];
const COMPILERS = ['ts-jest@29.4.15', 'typescript@6.0.3', '@swc/jest@0.2.39', '@swc/core'];
const program = join(__dirname, '..', 'jest', 'preset.mjs');

/** In Jest 29 a rejection that is handled later fails its test, with the preset and without. */
const FAILS_IN_29 = 'handled-late';
/** Jest 29 has no source maps for stacks once a file is done, so the line of a call is not known. */
const WITHOUT_LINE_IN_29 = 'rejection-after-file';
/** ts-jest leaves modules of these forms to Babel. */
const OF_BABEL = ['esm'];

describe.each([
  ['29.7.0', 'babel-jest'],
  ['29.7.0', '@swc/jest'],
  ['30.5.2', 'ts-jest'],
  ['30.5.2', '@swc/jest'],
])('Jest %s with %s', (version, transformer) => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    const jest = ['jest', 'babel-jest', 'jest-environment-jsdom'].map(
      (name) => `${name}@${version}`,
    );
    const project = await Project.with([...BABEL, ...COMPILERS, ...jest], process.execPath, OURS);
    const flags = transformer === 'babel-jest' ? [] : ['--with', transformer];
    const args = [program, project.folder, ...flags];
    outcomes = JSON.parse(
      await run(project.node, args, { cwd: project.folder }),
    ) as typeof outcomes;
  });
  const clean = suitesFor('clean', 'jest').filter(
    (name) =>
      !(version.startsWith('29') && name === FAILS_IN_29) &&
      !(transformer === 'ts-jest' && OF_BABEL.includes(name)),
  );

  test.each(suitesFor('faults', 'jest'))('%s: one report, of the guilty test and line', (name) =>
    expectFault(name, outcomes[name]!, {
      isFramed: !(version.startsWith('29') && name === WITHOUT_LINE_IN_29),
    }),
  );

  test.each(clean)('%s: no line of report, and every test passes', (name) =>
    expectClean(outcomes[name]!),
  );
});
