import { join } from 'node:path';
import { ran, root } from '../harness/child';
import { JestProject } from '../harness/jest-project';

const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const USES = `
  expect('a').toHaveCaused('b');
  expect('a').not.toHappenBefore('b');
  export const waits: Promise<void> = expect(Promise.resolve('a')).resolves.toHaveCaused('b');
  // @ts-expect-error: an event is named by a text
  expect('a').toHappenBefore(5);
  // @ts-expect-error: there is no such matcher
  expect('a').toHaveCause('b');`;

let project: JestProject;
beforeAll(() => (project = new JestProject()));
afterAll(() => project.remove());

test.each([
  ['the expect of @jest/globals', `import { expect } from '@jest/globals';`, []],
  ['the global one of @types/jest', '', ['jest']],
])('the matchers have their types: %s', async (_what, head, types) => {
  const compilerOptions = {
    ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true },
    ...{ noEmit: true, skipLibCheck: false, types: [...types, '@throughline/jest', 'node'] },
  };
  project.put('package.json', '{ "type": "module" }');
  project.put('uses.ts', head + USES);
  project.put('tsconfig.json', JSON.stringify({ compilerOptions, files: ['uses.ts'] }));

  expect(await ran([TSC, '-p', '.'], { cwd: project.folder })).toEqual({
    ...{ code: 0, stdout: '', stderr: '' },
  });
});
