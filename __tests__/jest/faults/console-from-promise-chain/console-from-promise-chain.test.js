import { once, EventEmitter } from 'node:events';

const bus = new EventEmitter();

function send() {
  return Promise.resolve('order').then((order) => new Promise((done) => setImmediate(done, order)));
}

test('orders are sent', () => {
  // guilty
  send().then((order) => {
    console.warn('sent', order);
    bus.emit('sent');
  });
});

test('orders are counted', async () => {
  await once(bus, 'sent');
});
