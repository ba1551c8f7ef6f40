import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const code = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (n) => parentPort.postMessage(n * 2));
`;

describe('pool', () => {
  test('runs a job', async () => {
    // guilty
    const worker = new Worker(code, { eval: true });
    worker.postMessage(21);
    const [answer] = await once(worker, 'message');
    expect(answer).toBe(42);
  });
});
