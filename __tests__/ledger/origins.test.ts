import { EventEmitter } from 'node:events';
import { Owner } from '../../ledger/src/index';
import { Origins } from '../../ledger/src/watch/origins';
import { runtimeSource } from '../../ledger/src/runtime-source';
import * as ledger from '../../runtime/src/ledger';
import * as runtime from '../../runtime/src/index';
import * as compiled from '../../runtime/src/compiled-with-causes';

const base = compiled.sites('cart.js', [
  '1:2 listener on',
  '2:2 timer setTimeout',
  '3:2 async load',
  '4:2 async wait',
]);
const [ON, TIMER, LOAD, WAIT] = [base, base + 1, base + 2, base + 3] as const;
const source = runtimeSource({ runtime, ledger } as never);
const origins = new Origins(source, () => undefined);
const { called, listening, listened } = origins;
let stop: () => void;
beforeAll(() => {
  stop = source.observe({ called, listening, listened });
});
afterAll(() => stop());

const task = (name: string): Owner => new Owner('test', [name], undefined);
/** The running task, and the lines that led here, the latest first. */
const seen = (): [string | undefined, ...number[]] => [
  origins.owner?.name,
  ...origins.chainOf(origins.here()).map(({ line }) => line),
];
const on = (emitter: EventEmitter, listener: () => void): unknown =>
  compiled.listen(ON, emitter, emitter.on, 'change', listener);

test('a task is left when its body returns, and what it spawned is its own', () => {
  let later!: () => unknown;
  origins.run(task('cart'), () => (later = compiled.spawn(TIMER, seen)));

  expect(seen()).toEqual([undefined]);
  expect(later()).toEqual(['cart', 2]);
});

describe('a listener', () => {
  /** What it sees when `second` sets it off. */
  function heardOf(first: Owner, second: Owner, before = (): void => {}): unknown {
    const emitter = new EventEmitter();
    let heard: unknown;
    origins.run(first, () => on(emitter, () => (heard = seen())));
    before();
    const fire = origins.run(second, () =>
      compiled.spawn(TIMER, () => emitter.emit('change')),
    ) as () => void;
    fire();
    return heard;
  }

  test('of a task that is over is that task’s, and its chain is how it was added', () => {
    const first = task('first');
    expect(heardOf(first, task('second'), () => first.close())).toEqual(['first', 1]);
  });

  test('of a task that runs belongs to whoever sets it off', () => {
    expect(heardOf(task('first'), task('second'))).toEqual(['second', 1, 2]);
  });

  test('of code that no task runs belongs to whoever sets it off', () => {
    const emitter = new EventEmitter();
    let heard: unknown;
    on(emitter, () => (heard = origins.owner?.name));
    origins.run(task('second'), () => emitter.emit('change'));
    expect(heard).toBe('second');
  });
});

test('who waits for what another task began stays its own, also when that one is over', async () => {
  const first = task('first');
  const load = (): Promise<unknown> =>
    compiled.run(LOAD, async (strand) => {
      await compiled.suspend(strand, null);
      compiled.resumeIfSuspended(strand);
      compiled.end(strand);
    });
  const shared = origins.run(first, load);
  const waited = origins.run(task('second'), () =>
    compiled.run(WAIT, async (strand) => {
      await compiled.suspend(strand, shared);
      compiled.resumeIfSuspended(strand);
      const result = seen();
      compiled.end(strand);
      return result;
    }),
  );
  first.close();

  expect(await waited).toEqual(['second', 4]);
});

describe('the line that called an async function', () => {
  const lines = new Origins(source, (stack) =>
    stack.includes('origins.test') ? { file: 'cart.test.js', line: 9, column: 0 } : undefined,
  );
  let end: () => void;
  beforeAll(() => {
    end = source.observe({ called: lines.called });
  });
  afterAll(() => end());

  /** The lines of calls in the history of a helper. */
  const helper = (): Promise<unknown> =>
    compiled.run(WAIT, async (strand) => {
      const chain = lines.chainOf(lines.here());
      compiled.end(strand);
      return chain.map(({ line, calledAt }) => [line, calledAt?.line]);
    });

  test('is not looked for where the runner calls it', async () => {
    const body = compiled.markAsync(() =>
      compiled.run(LOAD, async (strand) => {
        const chain = await compiled.suspend(strand, helper());
        compiled.resumeIfSuspended(strand);
        compiled.end(strand);
        return chain;
      }),
    );

    expect(await lines.run(task('cart'), body, body)).toEqual([
      [4, 9],
      [3, undefined],
    ]);
  });

  test('is found in a function that is not async', async () => {
    expect(await lines.run(task('cart'), helper, helper)).toEqual([[4, 9]]);
  });

  test('is found in an async function that is not instrumented', async () => {
    // The compiler of this file would rewrite it.
    const body = new Function('helper', 'return async () => helper()')(helper) as typeof helper;

    expect(await lines.run(task('cart'), body, body)).toEqual([[4, 9]]);
  });
});
