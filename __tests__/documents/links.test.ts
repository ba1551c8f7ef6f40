import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorsOf, documents, proseOf, root } from './documents';

test.each(documents)('%s: every file and heading that it links to is there', (file) => {
  const links = [...proseOf(file).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  const broken = links.filter(([, path, anchor]) => {
    const target = path === '' ? file : relative(root, join(root, dirname(file), path!));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });

  expect(broken.map(([link]) => link)).toEqual([]);
});

test('ARCHITECTURE.md names files that are there', () => {
  const folders = ['', 'babel-plugin/src', 'runtime/src', 'collector/src', 'collector/page/src'];
  const named = [
    ...proseOf('ARCHITECTURE.md').matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|tsx|mjs))`/g),
  ].map(([, path]) => path!);

  expect(named.length).toBeGreaterThan(20);
  expect(
    named.filter((path) => !folders.some((folder) => existsSync(join(root, folder, path)))),
  ).toEqual([]);
});

test('README.md has at most 250 lines', () => {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').trimEnd().split('\n');

  expect(lines.length).toBeLessThanOrEqual(250);
});
