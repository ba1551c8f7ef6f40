import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { deepStack } from './harness/needs';
import { deferred, inMicrotask, inTurn, turn } from './harness/uncompiled';
import { add, adds, addsAndFails, fail, joined } from './slots';

const test = construct('exact joins');

test('an await takes in what the strand ended with, and nothing of others', async () => {
  void adds('other');
  await turn();
  await adds('awaited');
  equal(joined(), ['awaited']);
});

test('a rejected await joins, in catch and in finally', async () => {
  const found: unknown[] = [];
  try {
    await addsAndFails('failed');
  } catch {
    found.push(joined());
  } finally {
    found.push(joined());
  }
  try {
    await addsAndFails('again').catch(fail);
  } catch {
    found.push(joined());
  } finally {
    found.push(joined());
  }
  equal(found, [['failed'], ['failed'], ['failed', 'again'], ['failed', 'again']]);
});

test('a join goes through strands that only await', async () => {
  const middle = async (): Promise<void> => {
    await adds('a');
  };
  const failing = async (): Promise<void> => {
    await addsAndFails('b');
  };
  await middle();
  await failing().catch(() => {});
  equal(joined(), ['a', 'b']);
});

const recurses = async (depth: number): Promise<void> => {
  if (depth === 0) await adds('end');
  else await recurses(depth - 1);
};

test('recursion through awaits joins once', async () => {
  await recurses(20);
  equal(joined(), ['end']);
});

test(
  'deep recursion through awaits joins once',
  async () => {
    await recurses(500);
    equal(joined(), ['end']);
  },
  deepStack,
);

test('a promise that many await is joined by each', async () => {
  const source = adds('source', 3);
  const waits = async (name: string): Promise<readonly string[]> => {
    add(name);
    await source;
    return joined();
  };
  const [a, b] = [waits('a'), waits('b')];
  equal(
    [await a, await b],
    [
      ['a', 'source'],
      ['b', 'source'],
    ],
  );
});

test('a promise that was settled long ago is joined by a late awaiter', async () => {
  const source = adds('source');
  await turn();
  equal(joined(), []);
  await source;
  equal(joined(), ['source']);
});

test('a promise that is never awaited joins nothing', async () => {
  const source = adds('source');
  const branch = source.then(() => add('branch'));
  await turn();
  equal(joined(), []);
  await source;
  equal(joined(), ['source']);
  await branch;
  equal(joined(), ['source', 'branch']);
});

test('a promise of code that was not compiled joins nothing, whenever it settles', async () => {
  const foreign = deferred<number>();
  const settles = async (): Promise<void> => {
    await null;
    add('settler');
    foreign.resolve(1);
  };
  add('mine');
  void settles();
  equal(await foreign.promise, 1);
  equal(joined(), ['mine']);
  equal(await inMicrotask(() => adds('elsewhere').then((name) => name)), 'elsewhere');
  equal(joined(), ['mine']);
});

test('awaiting oneself through others adds once', async () => {
  const first = adds('first');
  const second = (async () => {
    await first;
    add('second');
  })();
  await second;
  await first;
  await second;
  equal(joined(), ['first', 'second']);
});

test('an async function without awaits is joined', async () => {
  const quick = async (name: string): Promise<void> => add(name);
  const fails = async (name: string): Promise<void> => {
    add(name);
    throw new Error(name);
  };
  await quick('a');
  await quick('b');
  await fails('c').catch(() => {});
  equal(joined(), ['a', 'b', 'c']);
});

test('what a strand adds after its caller went on is joined at the await', async () => {
  const running = adds('late', 5);
  await inTurn(() => {});
  add('mine');
  await running;
  equal(joined(), ['mine', 'late']);
});
