// A thread that counts what is left of an item.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (item) => {
  const until = performance.now() + 4;
  while (performance.now() < until);
  console.log(`${item} counted`);
  parentPort.postMessage(item.length * 7);
});
