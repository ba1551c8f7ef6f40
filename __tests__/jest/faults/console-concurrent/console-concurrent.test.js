import { EventEmitter, once } from 'node:events';

const shop = new EventEmitter();

async function price(part) {
  await new Promise((resolve) => setImmediate(resolve));
  return part.length;
}

test.concurrent('prices of nuts', async () => {
  expect(await price('nut')).toBe(3);
  await once(shop, 'told');
});

test.concurrent('prices of bolts', async () => {
  expect(await price('bolt')).toBe(4);
  // guilty
  setTimeout(async () => {
    console.log('price of washers', await price('washer'));
    shop.emit('told');
  }, 5);
});
