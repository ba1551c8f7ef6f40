import { once, EventEmitter } from 'node:events';

// What a hook starts lives as long as the tests it is for: beforeAll's to the end of its block.
describe('outer', () => {
  const clock = new EventEmitter();
  let timer;
  let heard = 0;

  beforeAll(() => {
    clock.on('tick', () => {
      heard++;
      if (heard === 2) console.log('heard two');
    });
    timer = setInterval(() => clock.emit('tick'), 1);
  });
  afterAll(() => {
    clearInterval(timer);
  });

  describe('inner', () => {
    let opened;
    beforeEach(async () => {
      opened = (async () => {
        await once(clock, 'tick');
        console.log('opened');
        return true;
      })();
    });
    afterEach(async () => {
      expect(await opened).toBe(true);
    });

    test('first', () => {});
    test('second', async () => {
      await opened;
    });
  });

  test('after', async () => {
    await once(clock, 'tick');
    expect(heard).toBeGreaterThan(1);
  });
});

// Made by the first test that asks, shared by the others, and closed at the end.
describe('a pool that is made late', () => {
  let pool;
  const get = () => (pool ??= { timer: setInterval(() => {}, 1000), asked: 0 });
  afterAll(() => clearInterval(pool.timer));

  test('first', () => {
    get().asked++;
  });
  test('second', () => {
    expect(get().asked).toBe(1);
  });
});
