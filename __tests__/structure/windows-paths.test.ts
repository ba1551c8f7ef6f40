import type { Config } from '@jest/types';
import { splitOptions } from '../../babel-plugin/src/adapters/files';
import { SiteTable } from '../../babel-plugin/src/sites';
import { eventFileOf } from '../../ledger/src/node/event-file';
import { StackReader } from '../../ledger/src/watch/stack-reader';

jest.mock('node:path', () => jest.requireActual<{ win32: object }>('node:path').win32);

const cwd = 'C:\\shop';

test('the table of sites names files as on other systems', () => {
  const table = new SiteTable('C:\\shop\\src\\cart.ts', cwd);

  expect(table.file).toBe('src/cart.ts');
  expect(table.resolve('.\\lib\\queue.ts')).toBe('src/lib/queue.ts');
  expect(new SiteTable('D:\\other\\cart.ts', cwd).file).toBe('cart.ts');
});

test('a source that a map names by an absolute path is found', () => {
  const sources = ['C:\\shop\\src\\cart.ts'];
  const map = JSON.stringify({ version: 3, sources, names: [], mappings: '' });

  expect(new SiteTable('C:\\shop\\out\\cart.js', cwd, map).file).toBe('src/cart.ts');
});

test('packages and folders are included and excluded', () => {
  const { covers } = splitOptions({
    include: ['knex', '@acme/db', /acme-/],
    exclude: ['./legacy'],
  });
  const answers = [
    'C:\\shop\\src\\cart.ts',
    'C:\\shop\\node_modules\\knex\\index.js',
    'C:\\shop\\node_modules\\@acme\\db\\index.js',
    'C:\\shop\\node_modules\\acme-queue\\index.js',
    'C:\\shop\\node_modules\\lodash\\index.js',
    'C:\\shop\\legacy\\old.js',
  ].map(covers);

  expect(answers).toEqual([true, true, true, true, false, false]);
  expect(splitOptions({ include: 'all' }).covers('C:\\shop\\node_modules\\lodash\\a.js')).toBe(
    true,
  );
});

test('stacks are read', () => {
  const reader = new StackReader(cwd, ['C:\\shop\\node_modules\\@throughline\\runtime']);
  const stack = [
    'Error: no stock',
    '    at load (C:\\shop\\node_modules\\knex\\index.js:1:1)',
    '    at D:\\elsewhere\\a.js:2:2',
    '    at async total (C:\\shop\\src\\cart.ts:12:5)',
  ].join('\n');

  expect(reader.first(stack)).toEqual({ file: 'src/cart.ts', line: 12, column: 4 });
});

test('events of a test file get a path below their folder', () => {
  const project = { cwd, rootDir: cwd } as Config.ProjectConfig;
  const path = (file: string) => eventFileOf(project, file, 'events');

  expect(path('C:\\shop\\__tests__\\cart.test.ts')).toBe(
    'C:\\shop\\events\\__tests__\\cart.test.ts.jsonl',
  );
  expect(path('C:\\shared\\a.test.ts')).toBe('C:\\shop\\events\\_\\shared\\a.test.ts.jsonl');
});
