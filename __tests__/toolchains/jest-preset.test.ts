// The preset from packed packages: what only packing and installing proves. All else is in jest/suites.test.ts.
import { join } from 'node:path';
import { Project } from './project';
import { run } from './programs';

const suites = join(__dirname, '..', 'jest');

let project: Project;
beforeAll(async () => {
  project = await Project.with(
    [
      '@babel/core@7.29.13',
      '@babel/plugin-transform-modules-commonjs@7.29.14',
      '@babel/preset-typescript@7.29.7',
      'jest@30.5.2',
      'babel-jest@30.5.2',
      'jest-environment-jsdom@30.5.2',
    ],
    process.execPath,
    ['runtime', 'babel-plugin', 'ledger', 'jest'],
  );
});

/** Runs a program of the suites' folder over the project. */
const over = (program: string, ...args: string[]): Promise<string> =>
  run(process.execPath, [join(suites, program), project.folder, ...args], { cwd: project.folder });

test('from packed packages, the preset reports a fault, and nothing of a suite without one', async () => {
  const names = ['open-interval', 'typed'];
  const outcomes = JSON.parse(await over('preset.mjs', ...names)) as Record<
    string,
    { reports: { text: string }[]; tests: { status: string }[] }
  >;
  const [fault, clean] = names.map((name) => outcomes[name]!);

  expect(fault!.reports.map(({ text }) => text)).toEqual([
    expect.stringContaining('is still open'),
  ]);
  expect(clean!.reports).toEqual([]);
  expect(clean!.tests.map(({ status }) => status)).not.toContain('failed');
});

test('without the preset: what plain Jest says is what each fault.json says', async () => {
  await over('plain.mjs');
});
