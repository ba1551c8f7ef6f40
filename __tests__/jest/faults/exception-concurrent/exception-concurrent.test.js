import { EventEmitter, once } from 'node:events';

const tank = new EventEmitter();

test.concurrent('pump fills', async () => {
  await null;
  await once(tank, 'empty');
});

test.concurrent('pump drains', async () => {
  await null;
  // guilty
  setImmediate(() => {
    setImmediate(() => tank.emit('empty'));
    throw new Error('pump runs dry');
  });
});
