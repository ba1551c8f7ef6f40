import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker, MessageChannel } from 'node:worker_threads';

test('threads are ended', async () => {
  const code = `require('node:worker_threads').parentPort.on('message', (n) => {
    require('node:worker_threads').parentPort.postMessage(n + 1);
  });`;
  const worker = new Worker(code, { eval: true });
  worker.postMessage(1);
  expect(await once(worker, 'message')).toEqual([2]);
  await worker.terminate();
});

test('ports are closed', async () => {
  const { port1, port2 } = new MessageChannel();
  const heard = once(port2, 'message');
  port1.postMessage('hello');
  expect(await heard).toEqual(['hello']);
  port1.close();
});

test('children are ended', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)']);
  child.stdin.write('echo');
  expect(String((await once(child.stdout, 'data'))[0])).toBe('echo');
  child.kill();
  await once(child, 'close');
});
