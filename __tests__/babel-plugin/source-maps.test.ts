import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';
import { run } from '../harness/instrument';

interface Position {
  line: number | null;
  column: number | null;
}
const { TraceMap, originalPositionFor } = require('@jridgewell/trace-mapping') as {
  TraceMap: new (map: unknown) => object;
  originalPositionFor: (map: object, at: { line: number; column: number }) => Position;
};

const source = `import { load } from './load.js';

export async function total(cart, { vat } = {}) {
  const prices = await load(cart);
  let sum = 0;
  try {
    for (const price of prices) {
      sum += price;
    }
    await audit(sum);
  } catch (error) {
    report(error);
  } finally {
    close(cart);
  }
  for await (const discount of discounts(cart)) {
    sum -= discount;
  }
  return vat ? sum * vat : sum;
}

export const later = async (callback) => {
  setTimeout(callback, 10);
  return new Promise((resolve) => {
    queueMicrotask(resolve);
  });
};

class Cart {
  items = async () => {
    return this.list;
  };
  async checkout(id) {
    const receipt = await this.pay(id);
    emitter.on('paid', receipt);
    return receipt;
  }
  async *pages(first) {
    yield first;
    const rest = await more(first);
    yield* rest;
  }
}

if (ready) {
  async function inner(word) {
    await say(word);
  }
  inner('hello');
}

const again = async function retry(left) {
  if (left > 0) await retry(left - 1);
};

load()
  .then((cart) => show(cart))
  .catch((error) => fail(error));
`;

const result = transformSync(source, {
  ...{ configFile: false, babelrc: false, filename: '/app/cart.js', sourceMaps: true },
  plugins: [[throughline, { causes: false }]],
})!;
const output = result.code!.split('\n');
const map = new TraceMap(result.map);

/** Where a place of the output came from. */
function origin(line: number, column: number): Position {
  return originalPositionFor(map, { line: line + 1, column });
}

/** Every place of the output where some text stands, with where it came from. */
function originsOf(text: string): (Position & { text: string })[] {
  return output.flatMap((content, line) => {
    const found = [];
    for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) {
      found.push({ ...origin(line, at), text: content.trim() });
    }
    return found;
  });
}

const lines = source.split('\n');
/** Lines with something to run: not empty, and more than closing brackets. */
const userLines = lines.flatMap((text, index) =>
  /[a-z]/.test(text) && !/^\s*(\} (catch|finally)|try)/.test(text) ? [index + 1] : [],
);

test('every line of the user is the origin of some place', () => {
  const traced = new Set<number | null>();
  output.forEach((content, line) => {
    for (let column = 0; column < content.length; column++) traced.add(origin(line, column).line);
  });

  expect(userLines.filter((line) => !traced.has(line))).toEqual([]);
});

/** Each call of the user, by its text, which stands once in the source. */
const calls = [
  ...['load(cart)', 'audit(sum)', 'report(error)', 'close(cart)', 'discounts(cart)'],
  ...['setTimeout(', 'queueMicrotask(', 'this.pay(id)', 'more(first)', 'say(word)'],
  ...[
    "inner('hello')",
    'retry(left - 1)',
    'show(cart)',
    'fail(error)',
    'this.list',
    'sum -= discount',
  ],
];
test.each(calls)('%s is traced back to its own place', (call) => {
  const at = source.indexOf(call);
  const before = source.slice(0, at).split('\n');
  const [found] = originsOf(call);

  expect(found).toMatchObject({ line: before.length, column: before[before.length - 1]!.length });
});

test('every await is traced back to a line with an await', () => {
  const found = originsOf('await ').filter(({ text }) => !text.startsWith('//'));

  expect(found.length).toBeGreaterThan(5);
  for (const { line, text } of found) {
    expect([text, lines[line! - 1]]).toEqual([text, expect.stringContaining('await')]);
  }
});

test('every await of the user is the origin of an await', () => {
  const found = new Set(originsOf('await ').map(({ line }) => line));
  const wanted = lines.flatMap((text, index) => (text.includes('await ') ? [index + 1] : []));

  expect(wanted.filter((line) => !found.has(line))).toEqual([]);
});

test('every return of the user is the origin of a return', () => {
  const found = new Set(originsOf('return ').map(({ line }) => line));
  const wanted = lines.flatMap((text, index) => (text.includes('return ') ? [index + 1] : []));

  expect(wanted.filter((line) => !found.has(line))).toEqual([]);
});

test('what the plugin adds points at no line but that of its statement', () => {
  for (const { line, text } of originsOf('_suspend(')) {
    if (text.startsWith('import')) continue;
    expect([text, line === null ? null : lines[line - 1]]).toEqual([
      text,
      line === null ? null : expect.stringMatching(/await|yield|return/),
    ]);
  }
});

test('the map names the source and holds its text', () => {
  expect(result.map!.sources).toEqual(['cart.js']);
  expect(result.map!.sourcesContent).toEqual([source]);
});

test('the metadata of the file holds its table of sites', () => {
  const { throughline: table } = result.metadata as unknown as {
    throughline: { file: string; sites: string[] };
  };

  expect(table.file).toBe('cart.js');
  expect(table.sites).toEqual(
    expect.arrayContaining([
      '3:7 async total',
      '22:21 async later',
      '23:2 timer setTimeout',
      '24:9 promise new Promise',
      '25:4 microtask queueMicrotask',
      '30:10 async items',
      '33:2 async checkout',
      '35:12 listener on',
      '38:2 async pages',
      '46:2 async inner',
      '52:14 async retry',
    ]),
  );
});

test('each link of a chain has a site of its own line', () => {
  const { throughline: table } = result.metadata as unknown as { throughline: { sites: string[] } };
  const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
  const linesOf = (name: string): number[] =>
    table.sites.filter((row) => row.endsWith(` promise ${name}`)).map((row) => parseInt(row, 10));

  expect(linesOf('then')).toEqual([lineOf('.then(')]);
  expect(linesOf('catch')).toEqual([lineOf('.catch(')]);
});

test('the stack of an error names the function of the user', async () => {
  const { outer } = run(`
    async function failing() { await null; throw new Error('boom'); }
    export async function outer() { await failing(); }
  `) as { outer: () => Promise<void> };
  const error = (await outer().catch((reason: unknown) => reason)) as Error;

  expect(error.stack).toMatch(/failing[\s\S]*outer/);
});
