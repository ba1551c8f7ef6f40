import { setTimeout as sleep } from 'node:timers/promises';

describe('timers', () => {
  let interval;
  let ticks = 0;

  beforeEach(() => {
    interval = setInterval(() => ticks++, 1);
  });
  afterEach(() => {
    clearInterval(interval);
  });

  test('are cleared', async () => {
    const late = setTimeout(() => console.log('never'), 60_000);
    while (ticks === 0) await sleep(5);
    clearTimeout(late);
  });

  test('do not hold the process', () => {
    setTimeout(() => {}, 60_000).unref();
    setInterval(() => {}, 60_000).unref();
  });

  test('refresh and close themselves', async () => {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 1);
      timer.refresh();
    });
    const immediate = setImmediate(() => console.log('never'));
    clearImmediate(immediate);
  });
});
