import { prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

/** Ways to ask the server: to the end, without reading, and giving up. */
const requests = {
  'an agent that keeps connections': `new Promise((resolve, reject) => {
    http.get({ port, host, agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  })`,
  'an agent that is made for one request': `new Promise((resolve, reject) => {
    const once = new http.Agent();
    http.get({ port, host, agent: once }, (response) => response.resume().on('end', resolve)).on('error', reject);
  })`,
  fetch: `fetch(url).then((response) => response.text())`,
  'a body that nobody reads': `fetch(url).then((response) => response.body.cancel())`,
  'a client that goes away': `new Promise((resolve) => {
    const request = http.get({ port, host, path: '/silent' }).on('error', resolve);
    request.on('socket', () => setImmediate(() => request.destroy()));
  })`,
};

test.each(Object.entries(requests))(
  '%s: the heap stays flat, and no request is kept',
  async (_, ask) => {
    const { stdout, stderr } = await programs.run(`${prelude}
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    const kept = new Set();
    const { url, stop } = await serve(async (request, response) => {
      kept.add(new WeakRef(request));
      if (request.url === '/silent') return;
      await new Promise((resolve) => setImmediate(resolve));
      response.end('x'.repeat(2000));
    });
    const { hostname: host, port } = new URL(url);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const ask = () => ${ask};
    async function heapAfter(count) {
      kept.clear();
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          while (count-- > 0) await ask();
        }),
      );
      for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        gc();
      }
      return process.memoryUsage().heapUsed;
    }
    const heaps = [];
    await heapAfter(2000);
    for (let part = 0; part < 3; part++) heaps.push(await heapAfter(2000));
    const left = [...kept].filter((ref) => ref.deref()).length;
    // What the engine keeps of its own varies; 2,000 requests that are kept are several megabytes.
    const grown = Math.min(heaps[1], heaps[2]) - heaps[0];
    console.log(left < 100, grown < 2e6, left < 100 && grown < 2e6 ? '' : [left, ...heaps].join());
    agent.destroy();
    process.exit();
  `);

    expect({ stdout, stderr }).toEqual({ stdout: 'true true \n', stderr: '' });
  },
);
