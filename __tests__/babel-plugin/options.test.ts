import { instrument, run } from '../harness/instrument';
import type { Options } from '../../babel-plugin/src/index';

const program = `
export async function load(id) { await id; }
setTimeout(tick, 10);
queueMicrotask(tick);
promise.then(show);
emitter.on('data', show);
`;

const spawnPoints: Record<string, string> = {
  async: 'await _suspend(',
  timer: 'setTimeout(_spawn(tick)',
  microtask: 'queueMicrotask(_spawn(tick)',
  promise: '_chain(promise',
  listener: '_listen(emitter',
};
const kinds = Object.keys(spawnPoints) as NonNullable<Options['skip']>;

test('without options, every kind of spawn point is rewritten', () => {
  for (const written of Object.values(spawnPoints)) expect(instrument(program)).toContain(written);
});

describe('skip', () => {
  test.each(kinds)('leaves %s alone, and nothing else', (kind) => {
    const output = instrument(program, { skip: [kind] });

    for (const [other, written] of Object.entries(spawnPoints)) {
      expect([other, output.includes(written)]).toEqual([other, other !== kind]);
    }
  });

  test.each(kinds)('leaves %s out of the table of sites', (kind) => {
    expect(instrument(program, { skip: [kind] })).not.toMatch(new RegExp(`"\\d+:\\d+ ${kind}`));
  });

  test('leaves a file as it is when every kind is skipped', () => {
    expect(instrument(program, { skip: kinds })).not.toMatch(/import|_/);
  });

  test('an async function that is left alone still hands over what it spawns', async () => {
    const code = `
      import { getLocal, register, setLocal } from '@throughline/runtime';
      const user = register('nobody');
      export default async function () {
        setLocal(user, 'ada');
        return new Promise((resolve) => setTimeout(() => resolve(getLocal(user)), 0));
      }
    `;
    const { default: main } = run(code, {}, { skip: ['async'] });

    expect(await (main as () => Promise<string>)()).toBe('ada');
  });
});

describe('sites', () => {
  test('the table is there unless it is switched off', () => {
    expect(instrument(program)).toContain('_sites("input.js"');
    expect(instrument(program, { sites: true })).toBe(instrument(program));
    expect(instrument(program, { sites: false })).not.toContain('sites');
  });

  test('all else stays the same without it', () => {
    const withSites = instrument(program)
      .replace(', sites as _sites', '')
      .replace(/^_sites\(.*\n/m, '');

    expect(instrument(program, { sites: false })).toBe(withSites);
  });
});

describe('runtime', () => {
  test('names the module that the helpers come from', () => {
    expect(instrument(program, { runtime: './vendor/runtime' })).toContain(
      'from "./vendor/runtime/compiled"',
    );
  });

  test('a file that imports from that module has been instrumented', () => {
    const output = instrument(program, { runtime: './vendor/runtime' });

    expect(instrument(output, { runtime: './vendor/runtime' })).toBe(output);
  });
});

test('a file without spawn points is left alone', () => {
  expect(instrument('export const answer = 42;')).toBe('export const answer = 42;\n');
});

test('a script requires the helpers', () => {
  const output = instrument('setTimeout(tick, 10);', {}, { script: true });

  expect(output).toMatch(/= require\("@throughline\/runtime\/compiled"\)/);
  expect(output).not.toContain('import');
  expect(instrument(output, {}, { script: true })).toBe(output);
});
