import { EventEmitter, once } from 'node:events';

const votes = { red: 0, blue: 0 };
const box = new EventEmitter();

test.concurrent('vote for blue', async () => {
  await null;
  votes.blue++;
  await once(box, 'counted');
});

test.concurrent('vote for red', async () => {
  await null;
  votes.red++;
  // guilty
  setTimeout(() => {
    setImmediate(() => box.emit('counted'));
    expect(votes).toEqual({ red: 1, blue: 0 });
  }, 5);
});
