import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(__dirname, '../../runtime/dist');
const built = existsSync(join(dist, 'esm/index.js')) ? test : test.skip;

/** Runs a module in a process of its own and returns what it prints. */
function program(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: __dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
const load = `
  import { createRequire } from 'node:module';
  import { pathToFileURL } from 'node:url';
  const require = createRequire(pathToFileURL(${JSON.stringify(join(dist, 'x.js'))}));
  const esm = (name) => import(pathToFileURL(${JSON.stringify(dist)} + '/esm/' + name + '.js'));
  const cjs = (name) => require(${JSON.stringify(dist)} + '/cjs/' + name + '.js');
`;

built('every entry can be imported dynamically', () => {
  // A module that exports `then` is a thenable: `await import()` calls it.
  const printed = program(`${load}
    for (const name of ['index', 'compiled', 'xtrace/node', 'xtrace/report-entry']) {
      const module = await esm(name).catch((error) => ({ error }));
      console.log(name, 'error' in module || Object.keys(module).length === 0 ? 'failed' : 'loaded');
    }
    process.exit();
  `);

  expect(printed.split('\n')).toEqual([
    'index loaded',
    'compiled loaded',
    'xtrace/node loaded',
    'xtrace/report-entry loaded',
  ]);
});

describe.each([
  ['esm', 'cjs'],
  ['cjs', 'esm'],
])('loaded as %s and then as %s', (first, second) => {
  built('a slot of one copy is a slot of the other', () => {
    const printed = program(`${load}
      const a = await ${first}('index');
      const b = await ${second}('index');
      const user = a.register('nobody');
      const read = [];
      await a.snapshot()(() => {
        b.setLocal(user, 'ada');
        read.push(a.getLocal(user));
        const spawned = b.wrap(() => read.push(a.getLocal(user)));
        a.setLocal(user, 'bob');
        return new Promise((resolve) => setImmediate(() => resolve(spawned())));
      });
      read.push(b.getLocal(user), a.register === b.register);
      console.log(JSON.stringify(read));
    `);

    expect(JSON.parse(printed)).toEqual(['ada', 'ada', 'nobody', true]);
  });

  built('both copies log into one queue, of one task', () => {
    const printed = program(`${load}
      const a = await ${first}('xtrace/node');
      const b = await ${second}('xtrace/node');
      a.log('one');
      b.log('two');
      console.log(JSON.stringify([a.stats().logged, b.stats().logged, a.getTaskId() === b.getTaskId()]));
      process.exit();
    `);

    expect(JSON.parse(printed)).toEqual([2, 2, true]);
  });

  built('a copy that speaks another protocol fails loudly', () => {
    const printed = program(`${load}
      globalThis[Symbol.for('throughline.runtime')] = { protocol: 0, parts: new Map() };
      try {
        await ${first}('index');
        console.log('loaded');
      } catch (error) {
        console.log(error.code, error.message);
      }
    `);

    expect(printed).toMatch(/^RUNTIME_VERSIONS .*protocol 0.*\(RUNTIME_VERSIONS\)$/);
  });
});
