import { getLocal, register, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { allSettled, any, deepStack } from './harness/needs';
import { thenable, turn } from './harness/uncompiled';
import { rejects } from './rejects';
import { add, adds, addsAndFails, joined, read, user } from './slots';

const all = construct('Promise.all');

all('joins every part', async () => {
  const values = await Promise.all([adds('a', 3), adds('b', 1), 3, adds('c', 2)]);
  equal(values, ['a', 'b', 3, 'c']);
  equal(joined(), ['a', 'b', 'c']);
});

all('that rejects joins the part that rejected', async () => {
  const slow = adds('slow', 20);
  const quick = adds('quick', 1);
  await rejects(Promise.all([slow, quick, addsAndFails('bad', 5)]), 'bad');
  equal(joined(), ['bad']);
  await slow;
});

all('of nothing joins nothing', async () => {
  add('mine');
  equal(await Promise.all([]), []);
  equal(joined(), ['mine']);
});

all('leaves plain slots as they are', async () => {
  const set = async (name: string): Promise<void> => {
    await null;
    setLocal(user, name);
  };
  await Promise.all([set('a'), set('b')]);
  equal(read(), 'nobody');
});

all('runs the then of a thenable in the frame of the call', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  equal(await Promise.all([thenable(1, () => found.push(read()))]), [1]);
  equal(found, ['ada']);
});

all('reads its parts once, in order', async () => {
  const steps: string[] = [];
  function* parts(): Generator<Promise<string>> {
    for (const name of ['a', 'b']) {
      steps.push(name);
      yield adds(name);
    }
  }
  await Promise.all(parts());
  equal(
    [steps, joined()],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
});

const race = construct('Promise.race');

race('runs the then of a thenable in the frame of the call', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  equal(await Promise.race([thenable(1, () => found.push(read()))]), 1);
  equal(found, ['ada']);
});

race('joins the winner alone', async () => {
  const slow = adds('slow', 5);
  equal(await Promise.race([slow, adds('quick', 1)]), 'quick');
  equal(joined(), ['quick']);
  await rejects(Promise.race([adds('slower', 9), addsAndFails('loser', 1)]), 'loser');
  equal(joined(), ['quick', 'loser']);
});

race('a loser that settles later adds nothing', async () => {
  const slow = adds('slow', 5);
  const running = Promise.race([slow, adds('quick', 1)]);
  await turn();
  await running;
  equal(joined(), ['quick']);
  await slow;
  equal(joined(), ['quick', 'slow']);
});

const settled = construct('Promise.allSettled', allSettled);

settled('joins every part', async () => {
  await Promise.allSettled([adds('a', 4), addsAndFails('b', 1), adds('c', 2)]);
  equal(joined(), ['a', 'b', 'c']);
});

settled('of nothing joins nothing', async () => {
  add('mine');
  equal(await Promise.allSettled([]), []);
  equal(joined(), ['mine']);
});

settled('runs the then of a thenable in the frame of the call', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  await Promise.allSettled([thenable(1, () => found.push(read()))]);
  equal(found, ['ada']);
});

const first = construct('Promise.any', any);

first('of nothing joins nothing', async () => {
  add('mine');
  const isRejected = await Promise.any([]).then(
    () => false,
    () => true,
  );
  equal([isRejected, joined()], [true, ['mine']]);
});

first('runs the then of a thenable in the frame of the call', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  equal(await Promise.any([thenable(1, () => found.push(read()))]), 1);
  equal(found, ['ada']);
});

first('joins the winner alone, and everybody when nobody wins', async () => {
  await Promise.any([addsAndFails('early', 1), adds('winner', 3), adds('late', 9)]);
  equal(joined(), ['winner']);
  await Promise.any([addsAndFails('a', 2), addsAndFails('b', 1)]).catch(() => {});
  equal(joined(), ['winner', 'a', 'b']);
});

const nested = construct('nested combinators');

nested('all of races', async () => {
  await Promise.all([
    Promise.race([adds('a', 1), adds('never', 50)]),
    Promise.race([adds('b', 2), adds('late', 60)]),
  ]);
  equal(joined(), ['a', 'b']);
});

nested(
  'every kind in every other',
  async () => {
    await Promise.all([
      Promise.race([adds('a', 1), adds('never', 50)]),
      Promise.allSettled([addsAndFails('b'), Promise.any([addsAndFails('lost'), adds('c', 4)])]),
    ]);
    equal(joined(), ['a', 'b', 'c']);
  },
  allSettled,
  any,
);

nested('a deep pile is joined', async () => {
  let pile: Promise<unknown> = adds('a');
  for (let i = 0; i < 1000; i++) pile = Promise.all([pile]);
  await pile;
  equal(joined(), ['a']);
});

nested(
  'a very deep pile is joined',
  async () => {
    let pile: Promise<unknown> = adds('a');
    for (let i = 0; i < 20_000; i++) pile = Promise.all([pile]);
    await pile;
    equal(joined(), ['a']);
  },
  deepStack,
);

let joinCalls = 0;
/** Joins to a new value every time. */
const joins = register<readonly number[]>(() => [], {
  join: (mine) => {
    joinCalls++;
    return [...mine];
  },
});

nested(
  'a part that is in the pile many times is joined few times',
  async () => {
    joinCalls = 0;
    let pile: Promise<unknown> = adds('a');
    for (let i = 0; i < 12; i++) pile = Promise.allSettled([pile, pile]);
    setLocal(joins, [0]);
    await pile;
    // Walking every path would make 2^12 joins, and hang a program at 2^40.
    equal([joinCalls < 100, getLocal(joins)], [true, [0]]);
  },
  allSettled,
);
