import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from '@babel/core';
import { instrumentSync } from '../../babel-plugin/src/adapters/transform';
import throughline from '../../babel-plugin/src/index';

test('sites are places of what the user wrote, when another tool has changed it before', () => {
  const written = `type User = string;\n\nlet user: User;\nconst load = async () => {\n  setTimeout(tick, 1);\n};`;
  const types = transformSync(written, {
    ...{ configFile: false, babelrc: false, sourceMaps: true, filename: '/app/src/cart.ts' },
    presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
    retainLines: false,
  })!;
  expect(types.code!.split('\n')[2]).not.toContain('load');
  const { metadata } = transformSync(types.code!, {
    ...{ configFile: false, babelrc: false, filename: '/app/build/cart.js', cwd: '/app' },
    inputSourceMap: { ...types.map!, sources: ['../src/cart.ts'] },
    plugins: [[throughline, { causes: false }]],
  })!;

  expect(metadata).toMatchObject({
    throughline: {
      file: 'src/cart.ts',
      sites: ['4:13 async load', '5:2 timer setTimeout'],
    },
  });
});

test.each([
  ['/repo/app/src/cart.js', 'src/cart.js'],
  ['/repo/app/node_modules/knex/index.js', 'node_modules/knex/index.js'],
  ['/repo/node_modules/knex/index.js', 'node_modules/knex/index.js'],
  ['/elsewhere/cart.js', 'cart.js'],
])('the table of %s is named %s', (filename, name) => {
  const { code } = transformSync('setTimeout(f, 1);', {
    ...{ configFile: false, babelrc: false, filename, cwd: '/repo/app' },
    plugins: [[throughline, { causes: false }]],
  })!;

  expect(code).toContain(`("${name}", [`);
});

describe('a map that has a map for each part of the file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-index-map-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  // AAIA: the first column of the first line is that of line 5.
  const section = (line: number, source: string): object => ({
    offset: { line, column: 0 },
    map: { version: 3, sources: [source], sourcesContent: ['x'], names: [], mappings: 'AAIA' },
  });
  const code = 'setTimeout(f, 1);\nsetTimeout(g, 1);\n';

  test.each([
    [
      'in a file',
      ['src.js', 'src.js'],
      '("src.js", ["5:0 timer setTimeout", "5:0 timer setTimeout"]',
    ],
    [
      'in a comment',
      ['src.js', 'src.js'],
      '("src.js", ["5:0 timer setTimeout", "5:0 timer setTimeout"]',
    ],
    [
      'in a file, of several sources',
      ['a.js', 'b.js'],
      '("bundle.js", ["1:0 timer setTimeout", "2:0 timer setTimeout"]',
    ],
  ])('%s, is read', (where, sources, table) => {
    const map = JSON.stringify({ version: 3, sections: sources.map((one, i) => section(i, one)) });
    writeFileSync(join(folder, 'bundle.js.map'), map);
    const url = where.startsWith('in a file')
      ? 'bundle.js.map'
      : `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
    const file = join(folder, 'bundle.js');
    const made = instrumentSync(`${code}//# sourceMappingURL=${url}`, {
      ...{ file, cwd: folder, options: { causes: false } },
    });

    expect(made!.code).toContain(table);
  });
});
