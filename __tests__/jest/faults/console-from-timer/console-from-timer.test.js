import { EventEmitter, once } from 'node:events';

const shop = new EventEmitter();

describe('cart', () => {
  test('saves', () => {
    // guilty
    setTimeout(() => {
      console.log('saved the cart');
      shop.emit('saved');
    }, 5);
  });

  test('loads', async () => {
    await once(shop, 'saved');
  });
});
