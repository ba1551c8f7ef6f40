import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { instrument } from '../harness/instrument';

const dist = pathToFileURL(join(__dirname, '../../runtime/dist/esm/')).href;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'throughline-unhandled-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a compiled program in a process of its own, and gives what it printed. */
function printed(code: string): string[] {
  const source = `
    import { getLocal, register, setLocal } from '@throughline/runtime';
    const user = register('nobody');
    const print = (...values) => console.log(...values);
    const who = () => getLocal(user);
    ${code}`;
  const compiled = instrument(source).replace(
    /"@throughline\/runtime(\/compiled)?"|'@throughline\/runtime'/g,
    (_, entry?: string) => JSON.stringify(`${dist}${entry ? 'compiled' : 'index'}.js`),
  );
  const file = join(folder, 'main.mjs');
  writeFileSync(file, compiled);
  return execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim().split('\n');
}

const AS = `const as = async (name, fn) => { setLocal(user, name); await null; return fn(); };`;

test.each([
  ['a timer', `setTimeout(() => { throw new Error('boom'); }, 1);`],
  ['a microtask', `queueMicrotask(() => { throw new Error('boom'); });`],
  ['a tick', `process.nextTick(() => { throw new Error('boom'); });`],
  [
    'a listener',
    `
    const target = new EventTarget();
    target.addEventListener('x', () => { throw new Error('boom'); });
    target.dispatchEvent(new Event('x'));`,
  ],
])('uncaughtException of %s is handled in the frame of what threw', (_, code) => {
  expect(
    printed(`${AS}
      as('eve', () => process.on('uncaughtException', (error) => print(error.message, who())));
      as('bob', () => {});
      setTimeout(() => as('ada', () => { ${code} }), 5);
      setTimeout(() => as('bob', () => {}), 5);`),
  ).toEqual(['boom ada']);
});

test('unhandledRejection is handled in the frame of the strand that rejected', () => {
  expect(
    printed(`${AS}
      process.on('unhandledRejection', (reason) => print(reason.message, who()));
      as('ada', () => { throw new Error('one'); });
      as('bob', async () => { await 0; throw new Error('two'); });
      as('eve', () => Promise.resolve().then(() => { throw new Error('three'); }));`),
  ).toEqual(['one ada', 'two bob', 'three eve']);
});

test('a failure of code that was not compiled is handled where the handler was registered', () => {
  expect(
    printed(`${AS}
      const later = eval('(fn) => setTimeout(fn, 20)');
      as('eve', () => process.on('uncaughtException', (error) => print(error.message, who())));
      setTimeout(() => as('ada', () => setTimeout(() => { throw new Error('ours'); }, 1)), 1);
      later(eval('() => { throw new Error("theirs"); }'));`),
  ).toEqual(['ours ada', 'theirs eve']);
});

test('the place that Node prints of an error nobody handles stays the user\u2019s', () => {
  const source = `setTimeout(() => {\n  throw new Error('boom');\n}, 1);`;
  let stderr = '';
  try {
    writeFileSync(
      join(folder, 'plain.mjs'),
      instrument(source).replace(
        /"@throughline\/runtime\/compiled"/,
        JSON.stringify(`${dist}compiled.js`),
      ),
    );
    execFileSync(process.execPath, [join(folder, 'plain.mjs')], { stdio: 'pipe' });
  } catch (error) {
    stderr = String((error as { stderr: Buffer }).stderr);
  }

  expect(stderr).toMatch(/plain\.mjs:\d+\n\s+throw new Error\('boom'\);/);
});

test('setUncaughtExceptionCaptureCallback sees the slots of the code that failed', () => {
  expect(
    printed(`${AS}
      process.setUncaughtExceptionCaptureCallback((error) => print(error.message, who()));
      as('ada', () => setTimeout(() => { throw new Error('boom'); }, 1));`),
  ).toEqual(['boom ada']);
});
