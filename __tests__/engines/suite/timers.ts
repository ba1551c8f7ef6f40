import { getLocal, setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { immediate, interval, timeout } from './harness/needs';
import type { Need } from './harness/needs';
import { call, inTurn } from './harness/uncompiled';
import { add, depth, joined, read, record, user } from './slots';

type Schedule = (callback: () => void) => unknown;

function testOneShot(name: string, need: Need, schedule: Schedule): void {
  const test = construct(name, need);

  test('the callback runs in a fresh branch of the frame it is spawned in', async () => {
    setLocal(user, 'ada');
    add('mine');
    const before = getLocal(depth);
    const found = new Promise<unknown>((resolve) => {
      schedule(() => {
        resolve([read(), joined(), getLocal(depth)]);
        setLocal(user, 'eve');
        add('theirs');
      });
    });
    setLocal(user, 'bob');
    equal(await found, ['ada', ['mine'], before + 1]);
    equal(read(), 'bob');
  });

  test('a callback spawned from root sees root', async () => {
    setLocal(user, 'ada');
    const found = await inTurn(
      () => new Promise<string>((resolve) => schedule(() => resolve(read()))),
    );
    equal(found, 'nobody');
  });

  test('who settles from it is joined', async () => {
    await new Promise<void>((resolve) => {
      schedule(() => {
        add('timer');
        resolve();
      });
    });
    equal(joined(), ['timer']);
  });

  test('what one callback sets the next does not see', async () => {
    const found: string[] = [];
    await new Promise<void>((resolve) => {
      schedule(() => setLocal(user, 'eve'));
      schedule(() => {
        found.push(read());
        resolve();
      });
    });
    equal(found, ['nobody']);
  });
}

testOneShot('setTimeout', timeout, (callback) => setTimeout(callback, 0));
testOneShot('setImmediate', immediate, (callback) => setImmediate(callback));

const test = construct('setTimeout', timeout);

test('a callback gets its arguments', async () => {
  const got = await new Promise<unknown[]>((resolve) => {
    setTimeout((...args: unknown[]) => resolve(args), 0, 1, 'two');
  });
  equal(got, [1, 'two']);
});

test('through globalThis, an alias, and passed on as a value', async () => {
  setLocal(user, 'ada');
  const later = setTimeout;
  const found: string[] = [];
  await new Promise<void>((resolve) => {
    const note = (): void => {
      if (found.push(read()) === 3) resolve();
    };
    globalThis.setTimeout(note, 0);
    later(note, 0);
    call((schedule: typeof setTimeout) => schedule(note, 0), setTimeout);
    setLocal(user, 'bob');
  });
  equal(found, ['ada', 'ada', 'ada']);
});

test(
  'a timer that is cleared never runs',
  async () => {
    let ran = false;
    const timer = setTimeout(() => (ran = true), 0);
    clearTimeout(timer);
    await inTurn(() => {});
    await inTurn(() => {});
    equal(ran, false);
  },
  { what: 'clearTimeout', isHere: typeof clearTimeout === 'function' },
);

const repeating = construct('setInterval', interval);

repeating('one firing never sees what another one set', async () => {
  setLocal(user, 'ada');
  const found: string[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      found.push(read());
      setLocal(user, `eve ${found.length}`);
      if (found.length < 3) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  equal([found, read()], [['ada', 'ada', 'ada'], 'ada']);
});

repeating('one from root makes a new record at every firing', async () => {
  const records = await inTurn(
    () =>
      new Promise<unknown>((resolve) => {
        const found: { hits: number }[] = [];
        const timer = setInterval(() => {
          const mine = getLocal(record);
          mine.hits++;
          found.push(mine);
          if (found.length < 3) return;
          clearInterval(timer);
          resolve(found);
        }, 1);
      }),
  );
  equal(records, [{ hits: 1 }, { hits: 1 }, { hits: 1 }]);
});
