import { getLocal, register, setLocal } from '../../runtime/src/index';
import { evaluate, instrument, run } from '../harness/instrument';
import { inImmediate, turn } from '../harness/uncompiled';

const user = register('nobody');
let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(console, 'error').mockImplementation((text: string) => void said.push(text));
});
afterEach(() => jest.restoreAllMocks());

/** A library that is not compiled: calls back from a turn of its own, where no context is, or at once. */
const library = {
  later: (callback: () => unknown) => void inImmediate(callback),
  now: (callback: () => unknown) => callback(),
};

async function runs(code: string): Promise<void> {
  const given = { library, turn, set: () => setLocal(user, 'ada'), read: () => getLocal(user) };
  const { main } = run(code, given, { causes: true });
  await (main as () => unknown)();
  await turn();
  await turn();
}

test('a callback that wakes without its context is said once, with both places', async () => {
  await runs(`export async function main() {
    set();
    for (let i = 0; i < 3; i++) {
      library.later(
        () => read());
    }
    await turn();
  }`);

  expect(said).toEqual([
    expect.stringMatching(
      /Context lost: the callback at input\.js:5 ran without the context.*library\.later at input\.js:4.*\(TL_CONTEXT_LOST\)$/,
    ),
  ]);
});

test('one warning is printed for each package, with the line that mends it', async () => {
  const code = instrument(
    `const queue = require('acme-queue'), same = require('acme-queue/later'), other = require('@acme/db/pool');
    exports.main = async function main() {
      set();
      queue.later(() => read());
      same.later(() => read());
      other.later(() => read());
      await turn();
    };`,
    { causes: true },
    { script: true },
  );
  const given = { library, turn, set: () => setLocal(user, 'ada'), read: () => getLocal(user) };
  const load =
    'const load = require; require = (name) => (/acme/.test(name) ? library : load(name));';
  const { main } = evaluate(`${load}\n${code}`, given);
  await (main as () => unknown)();
  await turn();
  await turn();

  expect(said).toEqual([
    expect.stringMatching(
      /call to acme-queue\.later at .*, because the package "acme-queue" is not instrumented\. Instrument it \("include": \["acme-queue"\]\)/,
    ),
    expect.stringMatching(/call to @acme\/db\/pool\.later at .*"include": \["@acme\/db"\]/),
  ]);
});

test.each([
  ['is called at once', `export async function main() { library.now(() => read()); }`],
  [
    'was handed over where no slot is set, as routes are',
    `export async function main() { await null; library.later(() => read()); await turn(); }`,
  ],
  [
    'was handed over outside every strand',
    `export function main() { library.later(() => read()); }`,
  ],
  [
    'was handed over in a strand and outside of one',
    `function hand() { library.later(() => read()); }
     export function main() { hand(); (async () => hand())(); }`,
  ],
  [
    'is handed to a spawn point',
    `export async function main() { setTimeout(() => read(), 0); await turn(); }`,
  ],
])('nothing is said of a callback that %s', async (_, code) => {
  await runs(code);

  expect(said).toEqual([]);
});

test('a function whose text is taken by somebody nobody knows runs elsewhere all the same', async () => {
  const results: unknown[] = [];
  const { main } = run(
    `export async function main() { browser.evaluateThere((a) => { return a + 1; }, 1); browser.evaluateThere((a) => a * 2, 2); }`,
    {
      browser: {
        evaluateThere: (fn: unknown, value: unknown) =>
          results.push(new Function(`return (${String(fn)})(${String(value)})`)()),
      },
    },
    { causes: true },
  );
  await (main as () => Promise<void>)();

  expect(results).toEqual([2, 4]);
});
