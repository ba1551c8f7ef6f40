import { EventEmitter, once } from 'node:events';

describe('stock', () => {
  const feed = new EventEmitter();

  test('watches its feed', () => {
    // guilty
    feed.on('change', (part) => console.info('changed', part));
  });

  test('hears of a part', async () => {
    setImmediate(() => feed.emit('change', 'bolt'));
    await once(feed, 'change');
  });
});
