// Queues inside of a process, with the real packages: one request does the work of another.
import { programsWith } from './traced';

const run = programsWith(['bottleneck@2.19.5', 'p-limit@7.2.0', 'p-queue@9.0.0']);

test.each([
  ['p-queue', `new PQueue({ concurrency: 1 })`, `(job) => queue.add(job)`, true],
  ['bottleneck', `new Bottleneck({ maxConcurrent: 1 })`, `(job) => queue.schedule(job)`, false],
  ['p-limit', `pLimit(1)`, `(job) => queue(job)`, true],
])(
  '%s: who waits for a job comes after it, in its own task',
  async (_what, made, add, isJoined) => {
    const { events, stdout, stderr } = await run(`
    import Bottleneck from 'bottleneck';
    import pLimit from 'p-limit';
    import PQueue from 'p-queue';
    import { log } from '@throughline/runtime/xtrace';
    const queue = ${made};
    const add = ${add};
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const value = await add(async () => {
        log('begins ' + n);
        await pause();
        log('done ' + n);
        return n;
      });
      log('got ' + value);
      response.end(value);
    });
    const all = Array.from({ length: 16 }, (_, n) => get(url + '/' + (n + 1), { headers: inTask(n + 1) }));
    console.log((await Promise.all(all)).join());
    await stop();
  `);

    const numbers = Array.from({ length: 16 }, (_, n) => n + 1);
    expect({ stdout, stderr }).toEqual({ stdout: `${numbers.join()}\n`, stderr: '' });
    for (const n of numbers) {
      const own = events.ofTask(n);
      const parents = (label: string): string[] =>
        own.parentsOf(own.reports.find((one) => one.label === label)!);
      expect(parents(`begins ${n}`)).toEqual([`begin GET /${n}`]);
      expect(parents(`done ${n}`)).toEqual([`event begins ${n}`]);
      // bottleneck settles its promises in code that was compiled to older syntax.
      if (isJoined) expect(parents(`got ${n}`)).toEqual([`event done ${n}`]);
    }
  },
);
