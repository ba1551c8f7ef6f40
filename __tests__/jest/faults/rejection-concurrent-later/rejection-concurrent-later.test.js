import { EventEmitter, once } from 'node:events';

const network = new EventEmitter();

async function fetchFeed(name) {
  await once(network, name);
  throw new Error(`feed ${name} is gone`);
}

test.concurrent('feed of news', async () => {
  await null;
  setTimeout(() => network.emit('sports'), 10);
  await once(network, 'sports');
  await new Promise((resolve) => setTimeout(resolve, 5));
});

test.concurrent('feed of sports', async () => {
  await null;
  // guilty
  fetchFeed('sports');
});
