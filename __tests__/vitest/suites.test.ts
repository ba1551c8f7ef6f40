import { join } from 'node:path';
import { ran } from '../harness/child';
import { JestProject } from '../harness/jest-project';
import { expectClean, expectFault, suitesFor } from '../harness/suites';
import type { Outcome } from '../harness/suites';

/** Where the suites are copied to: a folder that has this repository's Vitest and packages. */
const project = new JestProject();
beforeAll(() => project.put('package.json', '{}'));
afterAll(() => project.remove());

describe.each([
  ['in processes', ['--pool', 'forks']],
  ['in virtual machines', ['--pool', 'vmThreads']],
  ['in threads that files share', ['--pool', 'threads', '--shared']],
])('with the plugin, %s', (_how, flags: string[]) => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    const program = join(__dirname, 'plugin.mjs');
    const { stdout, stderr } = await ran([program, project.folder, ...flags]);
    if (stdout === '') throw new Error(stderr);
    outcomes = JSON.parse(stdout) as typeof outcomes;
  }, 300_000);

  test.each(suitesFor('faults', 'vitest'))('%s: one report, of the guilty test and line', (name) =>
    expectFault(name, outcomes[name]!),
  );

  test.each(suitesFor('clean', 'vitest'))('%s: no line of report, and every test passes', (name) =>
    expectClean(outcomes[name]!),
  );
});
