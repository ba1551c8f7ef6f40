import { transformSync } from '@babel/core';
import throughline from '../../babel-plugin/src/index';
import * as compiled from '../../runtime/src/compiled';
import * as compiledWithCauses from '../../runtime/src/compiled-with-causes';

const entries: Record<string, unknown> = { compiled, 'compiled-with-causes': compiledWithCauses };

interface Position {
  line: number | null;
  column: number | null;
}
const { TraceMap, originalPositionFor } = require('@jridgewell/trace-mapping') as {
  TraceMap: new (map: unknown) => object;
  originalPositionFor: (map: object, at: { line: number; column: number }) => Position;
};

/** Modules whose `main` fails, one function a line or more. */
const programs: Record<string, string> = {
  'an async function': `
    async function deep(x) {
      await x;
      throw new Error('boom');
    }
    export async function main() {
      await deep(1);
    }`,
  'an async function that throws at once': `
    async function deep() {
      throw new Error('boom');
    }
    async function between() {
      return await deep();
    }
    export async function main() {
      await between();
    }`,
  'a plain function below async ones': `
    function plain(x) {
      return x.missing.member;
    }
    async function deep(x) {
      const before = await x;
      return plain(before);
    }
    export async function main() {
      await deep({});
    }`,
  'nested awaits': `
    async function one() { await 0; throw new Error('boom'); }
    async function two() { await one(); }
    async function three() {
      const value =
        await two();
      return value;
    }
    export async function main() { await three(); }`,
  arrows: `
    const deep = async (x) => {
      await x;
      throw new Error('boom');
    };
    const brief = async () => await deep(1);
    export const main = async () => {
      await brief();
    };`,
  'an arrow without an await': `
    const deep = async (x) => x.missing.member;
    export const main = async () => {
      await deep(1);
    };`,
  'function expressions': `
    const deep = async function () {
      await 0;
      throw new Error('boom');
    };
    const named = async function itself(left) {
      if (left > 0) await itself(left - 1);
      await deep();
    };
    export async function main() {
      await named(1);
    }`,
  'methods of an object': `
    const cart = {
      async load(id) {
        await id;
        throw new Error('boom');
      },
      arrow: async () => {
        await cart.load(1);
      },
      'with spaces': async function () {
        await cart.arrow();
      },
    };
    export async function main() {
      await cart['with spaces']();
    }`,
  'methods of a class': `
    class Cart {
      async load() {
        await 0;
        throw new Error('boom');
      }
      static async open() {
        await new Cart().load();
      }
      field = async () => {
        await Cart.open();
      };
    }
    export async function main() {
      await new Cart().field();
    }`,
  'methods with super': `
    class Base { async load() { await 0; throw new Error('boom'); } }
    class Cart extends Base {
      async load() {
        return await super.load();
      }
    }
    export async function main() {
      await new Cart().load();
    }`,
  'private methods': `
    class Cart {
      async #load() {
        await 0;
        throw new Error('boom');
      }
      static async #open(cart) {
        await cart.#load();
      }
      static async open() { await Cart.#open(new Cart()); }
    }
    export async function main() {
      await Cart.open();
    }`,
  'async generators': `
    async function* pages() {
      yield 1;
      await 0;
      throw new Error('boom');
    }
    async function walk() {
      for await (const page of pages()) {
        await page;
      }
    }
    export async function main() {
      await walk();
    }`,
  'a body of for await': `
    export async function main() {
      for await (const x of [1, 2]) {
        if (x === 2) throw new Error('boom');
      }
    }`,
  'then callbacks': `
    function fails(x) {
      throw new Error('boom');
    }
    const step = (x) => {
      return fails(x);
    };
    export async function main() {
      await Promise.resolve(1).then(step).then(function never() {});
    }`,
  'catch and finally callbacks': `
    const rethrow = (error) => {
      throw new Error('again', { cause: error });
    };
    export async function main() {
      await Promise.reject(new Error('first'))
        .finally(() => {})
        .catch(rethrow);
    }`,
  'an executor': `
    const execute = (resolve) => {
      resolve.missing.member();
    };
    export async function main() {
      await new Promise(execute);
    }`,
  timers: `
    export function main() {
      return new Promise((resolve, reject) => {
        const tick = () => {
          try {
            inner();
          } catch (error) {
            reject(error);
          }
        };
        function inner() { throw new Error('boom'); }
        setTimeout(tick, 0);
      });
    }`,
  emitters: `
    import { EventEmitter } from 'node:events';
    const onPaid = (receipt) => {
      receipt.missing.member();
    };
    async function pay(emitter) {
      await 0;
      emitter.emit('paid', {});
    }
    export async function main() {
      const emitter = new EventEmitter();
      emitter.on('paid', onPaid);
      await pay(emitter);
    }`,
  'a default of a parameter': `
    const fails = () => {
      throw new Error('boom');
    };
    async function deep(
      a,
      b = fails(),
    ) {
      await a;
    }
    export async function main() {
      await deep(1);
    }`,
  'a catch block': `
    export async function main() {
      try {
        await Promise.reject(new Error('first'));
      } catch (error) {
        throw new Error('second');
      } finally {
        await 0;
      }
    }`,
  'Promise.all': `
    async function part(x) {
      await x;
      if (x === 2) throw new Error('boom');
    }
    export async function main() {
      await Promise.all([1, 2].map(part));
    }`,
};

interface Frame {
  readonly name: string;
  readonly line: number | null;
}

/** The frames of an error's stack that are in the user's file, by the user's own lines. */
async function framesOf(source: string, plugins: unknown[]): Promise<Frame[]> {
  const { code, map } = transformSync(source, {
    ...{ configFile: false, babelrc: false, sourceMaps: true, filename: '/app/user.js' },
    plugins: [...plugins, require('@babel/plugin-transform-modules-commonjs')] as never[],
  })!;
  const exports: { main?: () => Promise<unknown> } = {};
  const load = (name: string): unknown =>
    name.startsWith('@throughline') ? entries[name.split('/')[2]!] : require(name);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  let error: Error;
  try {
    // In this realm, whose promises the runtime knows; `new Function` writes two lines before the body.
    new Function('require', 'exports', `${code}\n//# sourceURL=/app/user.js`)(load, exports);
    error = (await exports.main!().catch((reason: unknown) => reason)) as Error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const trace = new TraceMap(map);
  return [
    ...error.stack!.matchAll(
      /^ +at (?:async )?(?:(.+) \()?(?:file:\/\/)?\/app\/user\.js:(\d+):(\d+)\)?$/gm,
    ),
  ].map(([, name = '', line, column]) => ({
    name,
    line: originalPositionFor(trace, { line: Number(line) - 2, column: Number(column) - 1 }).line,
  }));
}

/** Names without what V8 infers of a receiver: `Cart.load`, `Object.load`, `new Cart`. */
const bare = (name: string): string =>
  name.replace(/ \[as .*\]$/, '').replace(/^.*[. ](?=[#\w]+$)/, '');

const builds = [
  ['as in production', { causes: false }],
  ['as in development', { causes: true }],
] as const;
const cases = builds.flatMap(([build, options]) =>
  Object.entries(programs).map(([name, source]) => ({ name, build, source, options })),
);

describe.each(cases)('$name, $build', ({ source, options }) => {
  const plain = framesOf(source, []);
  const instrumented = framesOf(source, [[throughline, options]]);

  test('fails somewhere in the file', async () => {
    expect((await plain).length).toBeGreaterThan(0);
  });

  test("every function of the user is in the stack, in order, at the user's own line", async () => {
    const wanted = (await plain).map(({ name, line }) => `${bare(name)} at line ${line}`);
    const found = (await instrumented).map(({ name, line }) => `${bare(name)} at line ${line}`);

    let at = 0;
    const missing = wanted.filter((frame) => {
      const next = found.indexOf(frame, at);
      if (next === -1) return true;
      at = next + 1;
      return false;
    });
    expect({ missing, found: missing.length > 0 ? found : [] }).toEqual({ missing: [], found: [] });
  });

  test('what stands there besides belongs to a function of the user that is there, too', async () => {
    const names = new Set((await plain).map(({ name }) => bare(name)));

    expect((await instrumented).filter(({ name }) => !names.has(bare(name)))).toEqual([]);
  });

  test('the top of the stack is where the error was made', async () => {
    expect((await instrumented)[0]!.line).toBe((await plain)[0]!.line);
  });

  test('every line with an await keeps a place for a breakpoint', () => {
    const { code, map } = transformSync(source, {
      ...{ configFile: false, babelrc: false, sourceMaps: true, filename: '/app/user.js' },
      plugins: [[throughline, options]],
    })!;
    const trace = new TraceMap(map);
    const traced = new Set<number | null>();
    code!.split('\n').forEach((text, index) => {
      for (const match of text.matchAll(/\bawait\b/g)) {
        traced.add(originalPositionFor(trace, { line: index + 1, column: match.index }).line);
      }
    });
    const wanted = source
      .split('\n')
      .flatMap((text, index) => (/\bawait\b/.test(text) ? [index + 1] : []));

    expect(wanted.filter((line) => !traced.has(line))).toEqual([]);
  });
});

test('methods are shown with their class, which V8 takes from a receiver', async () => {
  const source = `
    class Cart {
      async load() { await 0; throw new Error('boom'); }
      static async open() { await new Cart().load(); }
    }
    const shop = { async enter() { await 0; await Cart.open(); } };
    export async function main() { await 0; await shop.enter(); }`;
  // The last frame is `main`, which the harness calls as a property of `exports`.
  const methods = async (plugins: unknown[]): Promise<string[]> =>
    (await framesOf(source, plugins)).slice(0, -1).map(({ name }) => name);

  expect(await methods([])).toEqual(['Cart.load', 'Cart.open', 'Object.enter']);
  expect(await methods([[throughline, { causes: false }]])).toEqual(await methods([]));
});
