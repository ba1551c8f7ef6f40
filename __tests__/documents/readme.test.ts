import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instrument } from '../harness/instrument';
import { spawnPointKinds } from '../../babel-plugin/src/options';

const root = join(__dirname, '..', '..');
const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'RATIONALE.md', 'ERRORS.md'];
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test.each(documents)('%s: every file it links to is there', (file) => {
  const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);

  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('ARCHITECTURE.md names files that are there', () => {
  const folders = [
    'babel-plugin/src',
    'runtime/src',
    'runtime/src/kernel',
    'collector/src',
    'collector/page/src',
    '',
  ];
  const named = [...read('ARCHITECTURE.md').matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|tsx|mjs))`/g)];
  const missing = named.filter(
    ([, path]) => !folders.some((folder) => existsSync(join(root, folder, path!))),
  );

  expect(named.length).toBeGreaterThan(20);
  expect(missing.map(([, path]) => path)).toEqual([]);
});

test('README.md lists every kind that can be skipped', () => {
  for (const kind of spawnPointKinds) expect(read('README.md')).toContain(`\`"${kind}"\``);
});

test('the JavaScript and TypeScript of README.md can be instrumented', () => {
  const examples = [...read('README.md').matchAll(/```(?:js|ts)\n([^]*?)```/g)].map(([, code]) =>
    // Types are Babel's business, with its own preset.
    code!.replace(/<string(?: \| undefined)?>/g, ''),
  );

  expect(examples.length).toBeGreaterThanOrEqual(4);
  for (const code of examples) expect(instrument(code)).not.toBe('');
});
