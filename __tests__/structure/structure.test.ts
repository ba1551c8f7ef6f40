import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '../..');
const SOURCES = [
  'runtime/src',
  'babel-plugin/src',
  'ledger/src',
  'jest/src',
  'vitest/src',
  'collector',
  'cli/src',
];

describe('import cycles', () => {
  const cruise = (...paths: string[]) =>
    spawnSync(
      process.execPath,
      [join(root, 'node_modules/.bin/depcruise'), '--config', '.dependency-cruiser.cjs', ...paths],
      { cwd: root, encoding: 'utf8' },
    );

  test('no package has one', () => {
    const { stdout, status } = cruise(...SOURCES);

    expect(stdout).toContain('no dependency violations found');
    expect(Number(/\((\d+) modules/.exec(stdout)?.[1])).toBeGreaterThan(250);
    expect(status).toBe(0);
  });

  test('one that goes through types is found', () => {
    const folder = mkdtempSync(join(root, '.cache', 'cycle-'));
    try {
      writeFileSync(join(folder, 'a.ts'), "import type { B } from './b';\nexport type A = B;\n");
      writeFileSync(join(folder, 'b.ts'), "import type { A } from './a';\nexport type B = A;\n");
      const { stdout, status } = cruise(relative(root, folder));

      expect(stdout).toContain('no-cycle');
      expect(status).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('folders', () => {
  /** For each folder a file that imports, or does, what it must not. */
  const broken: readonly (readonly [file: string, code: string])[] = [
    ['runtime/src/kernel/a.ts', "import '../faces/slots.js';"],
    ['runtime/src/kernel/a.ts', "import 'node:fs';"],
    ['runtime/src/listeners/a.ts', "import '../callbacks/spawn.js';"],
    ['runtime/src/callbacks/a.ts', "import '../promises/chain.js';"],
    ['runtime/src/promises/a.ts', "import '../xtrace/log.js';"],
    ['runtime/src/causes/a.ts', "import '../promises/chain.js';"],
    ['runtime/src/threads/a.ts', "import '../faces/slots.js';"],
    ['runtime/src/faces/a.ts', "import '../xtrace/log.js';"],
    ['runtime/src/faces/a.ts', "import 'node:async_hooks';"],
    ['runtime/src/with-causes/a.ts', "import '../compiled.js';"],
    ['runtime/src/xtrace/a.ts', "import '../propagation/carrier.js';"],
    ['runtime/src/baggage/a.ts', "import '../operations/operation.js';"],
    ['runtime/src/logger/a.ts', "import '../operations/operation.js';"],
    ['runtime/src/otlp/a.ts', "import '../operations/operation.js';"],
    ['runtime/src/operations/a.ts', "import '../propagation/carrier.js';"],
    ['runtime/src/operations/a.ts', "import 'node:http';"],
    ['runtime/src/methods/a.ts', "import '../libraries/index.js';"],
    ['runtime/src/sockets/a.ts', "import '../libraries/index.js';"],
    ['runtime/src/brokers/a.ts', "import '../sockets/websockets.js';"],
    ['runtime/src/libraries/a.ts', "import '../channels/start.js';"],
    ['runtime/src/libraries/a.ts', "import 'pg';"],
    ['runtime/src/channels/a.ts', "import '../threads/index.js';"],
    ['runtime/src/channels/a.ts', "import 'undici';"],
    ['runtime/src/xtrace/a.ts', "import 'protobufjs';"],
    ['runtime/src/propagation/a.ts', "import '../threads/index.js';"],
    ['runtime/src/a.ts', "import 'node:fs';"],
    ['babel-plugin/src/catalogue/a.ts', "import '../state.js';"],
    ['babel-plugin/src/rewrite/a.ts', "import '../visitors/calls.js';"],
    ['babel-plugin/src/check/a.ts', "import '../visitors/calls.js';"],
    ['babel-plugin/src/visitors/a.ts', "import '@throughline/runtime';"],
    ['babel-plugin/src/visitors/a.ts', 'export const f = (state) => state.output.t.nullLiteral();'],
    ['babel-plugin/src/a.ts', 'export const f = (t) => t.nullLiteral();'],
    ['babel-plugin/src/visitors/a.ts', "import '../adapters/transform.js';"],
    ['babel-plugin/src/visitors/a.ts', 'export const f = ({ types }) => types.nullLiteral();'],
    ['babel-plugin/src/adapters/a.ts', "import '../visitors/calls.js';"],
    ['babel-plugin/src/rewrite/a.ts', "import '@throughline/runtime';"],
    ['babel-plugin/src/catalogue/a.ts', "import '@throughline/collector';"],
    ['ledger/src/events/a.ts', "import '../watch/origins.js';"],
    ['ledger/src/policy/a.ts', "import 'node:fs';"],
    ['ledger/src/watch/a.ts', "import '../reports/format.js';"],
    ['ledger/src/watch/a.ts', "import 'node:async_hooks';"],
    ['ledger/src/node/a.ts', "import '../watch/origins.js';"],
    ['ledger/src/reports/a.ts', "import '../watch/origins.js';"],
    ['ledger/src/a.ts', "import '@throughline/runtime/xtrace';"],
    ['jest/src/jsdom/a.ts', "import '../watch/watch.js';"],
    ['jest/src/watch/a.ts', "import '../runner.js';"],
    ['jest/src/config/a.ts', "import '../watch/watch.js';"],
    ['jest/src/transform/a.ts', "import '../watch/watch.js';"],
    ['jest/src/watch/a.ts', "import '@throughline/collector';"],
    ['collector/src/ingest/a.ts', "import '@throughline/babel-plugin';"],
    ['collector/page/src/model/a.ts', "import '../drawing/stage';"],
    ['collector/page/src/drawing/a.ts', "import '../state/task-state';"],
    ['collector/page/src/state/a.ts', "import '../widgets/picture';"],
    ['collector/page/src/widgets/a.tsx', "import '../views/task-page';"],
    ['collector/page/src/views/a.tsx', "import '../main';"],
    ['cli/src/commands/a.ts', "import '@throughline/runtime';"],
    ['jest/src/a.ts', "import '@throughline/runtime/xtrace';"],
    ['vitest/src/platform/a.ts', "import '../watch/runner.js';"],
    ['vitest/src/watch/a.ts', "import '../reporter.js';"],
    ['vitest/src/setup/a.ts', "import '../run.js';"],
    ['vitest/src/a.ts', "import '@throughline/jest';"],
    ['collector/src/graph/a.ts', "import '../query/web.js';"],
    ['runtime/src/pages/a.ts', "import '../channels/start.js';"],
    ['collector/src/analysis/a.ts', "import '../query/web.js';"],
    ['collector/src/search/a.ts', "import '../store/store.js';"],
    ['collector/src/exports/a.ts', "import '../store/store.js';"],
    ['collector/src/code/a.ts', "import '../query/web.js';"],
    ['collector/src/files/a.ts', "import '../store/store.js';"],
    ['collector/src/otlp/a.ts', "import '../query/web.js';"],
    ['cli/src/mcp/a.ts', "import '../run/program.js';"],
    ['collector/src/reports/a.ts', "import '../store/store.js';"],
    ['collector/src/store/a.ts', "import '../ingest/accept.js';"],
    ['collector/src/clickhouse/a.ts', "import '../store-thread/messages.js';"],
    ['collector/src/listen/a.ts', "import '../ingest/accept.js';"],
    ['collector/src/store-thread/a.ts', "import '../ingest/accept.js';"],
    ['collector/src/ingest/a.ts', "import '../query/web.js';"],
    ['collector/src/query/a.ts', "import '../collector.js';"],
    ['collector/src/a.ts', "import '@throughline/runtime/xtrace';"],
    ['collector/page/src/a.ts', "import '@throughline/babel-plugin';"],
    ['cli/src/init-jest/a.ts', "import '../commands/list.js';"],
    ['cli/src/sources/a.ts', "import '../commands/list.js';"],
    ['cli/src/doctor/a.ts', "import '../commands/list.js';"],
    ['cli/src/run/a.ts', "import '../commands/list.js';"],
    ['cli/src/commands/a.ts', "import '../main.js';"],
    ['cli/src/a.ts', "import '../../collector/src/index.js';"],
  ];
  const BOUNDARIES = ['no-restricted-imports', 'no-restricted-syntax'];
  let found: string[][];

  beforeAll(() => {
    const program = `
      import { ESLint } from 'eslint';
      const eslint = new ESLint();
      const found = [];
      for (const [filePath, code] of ${JSON.stringify(broken)}) {
        const [result] = await eslint.lintText(code, { filePath });
        found.push(result.messages.map(({ ruleId }) => ruleId));
      }
      console.log(JSON.stringify(found));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
      encoding: 'utf8',
    });
    found = JSON.parse(printed) as string[][];
  });

  test('every room of every package has such a file', () => {
    const roomsOf = (root: string) =>
      readdirSync(join(__dirname, '../..', root), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${root}/${name}`);
    const rooms = [
      ...SOURCES.filter((root) => root !== 'collector'),
      'collector/src',
      'collector/page/src',
    ];
    const proved = new Set(broken.map(([file]) => dirname(file)));

    expect(rooms.flatMap(roomsOf).filter((room) => !proved.has(room))).toEqual([]);
  });

  test.each(broken.map(([file, code], index) => [file, code, index] as const))(
    '%s must not have: %s',
    (_file, _code, index) => {
      expect(found[index]!.filter((rule) => BOUNDARIES.includes(rule))).toHaveLength(1);
    },
  );
});
