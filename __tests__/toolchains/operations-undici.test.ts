// Requests of undici, which `fetch` is made of, with the real package.
import { Events } from '../operations/program';
import { programsWith } from './traced';

const run = programsWith(['undici@7.30.2', 'ky@1.14.0', 'ws@8.23.0']);

/** A program whose server asks another one in some way, for 24 requests at once. */
const program = (ask: string): string => `
  import * as undici from 'undici';
  import ky from 'ky';
  import { log } from '@throughline/runtime/xtrace';
  const inner = await serve(async (request, response) => {
    await pause();
    response.end(request.url);
  });
  const pool = new undici.Pool(inner.url, { connections: 1 });
  const agent = new undici.Agent({ connections: 2 });
  const holder = { fetch };
  const given = (send, url) => send(url);
  const { url, stop } = await serve(async (request, response) => {
    const path = '/inner' + request.url;
    const text = await (${ask})(path, inner.url + path);
    log('got' + request.url);
    response.end(text);
  });
  const all = Array.from({ length: 24 }, (_, n) => get(url + '/' + (n + 1), { headers: inTask(n + 1) }));
  console.log((await Promise.all(all)).every((text, n) => text === '/inner/' + (n + 1)));
  await Promise.all([pool.close(), agent.close()]);
  await Promise.all([stop(), inner.stop()]);
`;

test.each([
  ['a pool', `async (path) => (await pool.request({ path, method: 'GET' })).body.text()`, false],
  ['fetch by an agent', `async (_, url) => (await fetch(url, { dispatcher: agent })).text()`, true],
  ['request', `async (_, url) => (await undici.request(url)).body.text()`, false],
  [
    'request by an agent',
    `async (_, url) => (await undici.request(url, { dispatcher: agent })).body.text()`,
    false,
  ],
  ['its fetch', `async (_, url) => (await undici.fetch(url)).text()`, false],
  ['fetch of an object', `async (_, url) => (await holder.fetch(url)).text()`, true],
  ['fetch that is handed over', `async (_, url) => (await given(fetch, url)).text()`, true],
  [
    'fetch by apply',
    `async (_, url) => (await Reflect.apply(fetch, undefined, [url])).text()`,
    true,
  ],
  ['ky', `(_, url) => ky(url).text()`, true],
])('%s: each request is in the task of its sender', async (_what, ask, isJoined) => {
  const { events, stdout, stderr } = await run(program(ask));

  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' });
  for (let n = 1; n <= 24; n++) {
    const own = events.ofTask(n);
    const begun = own.find('begin', new RegExp(`^GET 127.*/inner/${n}$`));
    expect(own.parentsOf(begun)).toEqual([`begin GET /${n}`]);
    const [got] = own.reports.filter(({ label }) => label === `got/${n}`);
    if (isJoined) {
      expect(own.parentsOf(got!)).toEqual([expect.stringMatching(`^end GET .*/inner/${n} 200$`)]);
    }
  }
});

test('the global function looks as it did', async () => {
  const { stdout } = await run(`
    const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
    console.log(JSON.stringify(rest), fetch.name, fetch.length, Object.keys(fetch).length);
    const failed = await fetch('nowhere:').catch((error) => error);
    console.log(failed.name, failed.message, fetch('nowhere:').catch(() => {}) instanceof Promise);
  `);

  expect(stdout).toMatch(
    /^\{"writable":true,"enumerable":true,"configurable":true\} fetch 1 0\nTypeError \S.* true\n$/,
  );
});

test.each(['undici.WebSocket', 'globalThis.WebSocket'])(
  'the request for a WebSocket ends when it is answered: %s',
  async (socketClass) => {
    const { events, stdout, stderr } = await run(`
      import * as undici from 'undici';
      import { WebSocketServer } from 'ws';
      const server = http.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (socket) => socket.on('message', () => socket.close()));
      // Node has one from version 22 on.
      const Socket = ${socketClass} ?? undici.WebSocket;
      const socket = new Socket('ws://127.0.0.1:' + server.address().port + '/chat');
      await new Promise((resolve) => (socket.onopen = resolve));
      socket.send('x');
      await new Promise((resolve) => (socket.onclose = resolve));
      server.close();
      console.log('closed');
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'closed\n', stderr: '' });
    const [begun] = events.all('begin', /^GET .*[/]chat$/);
    const ended = events.find('end', /^GET .*[/]chat 101$/);
    expect(Events.field(ended, 'operation')).toBe(begun!.eventId);
    expect(Events.field(ended, 'status')).toBe('ok');
  },
);

test('who awaits a request does not come after what its library does later', async () => {
  const { events, stdout, stderr } = await run(`
    import * as undici from 'undici';
    import { log } from '@throughline/runtime/xtrace';
    let answers = 0;
    const inner = await serve((request, response) => {
      response.setHeader('cache-control', 'max-age=1, stale-while-revalidate=60');
      response.setHeader('etag', '"1"');
      setTimeout(() => response.end('x'), ++answers === 1 ? 0 : 40);
    });
    undici.setGlobalDispatcher(new undici.Agent().compose(undici.interceptors.cache()));
    const { url, stop } = await serve(async (request, response) => {
      await (await fetch(inner.url)).text();
      await new Promise((resolve) => setTimeout(resolve, 1300));
      log('again');
      // It is answered from the cache at once, and asked again behind that.
      const asked = fetch(inner.url);
      const [answer] = await Promise.all([asked, new Promise((resolve) => setTimeout(resolve, 150))]);
      log('after both');
      await answer.text();
      response.end(String(answers));
    });
    process.stdout.write(await get(url + '/1', { headers: inTask(1) }));
    await stop();
    await inner.stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '2', stderr: '' });
  const after = events.reports.find(({ label }) => label === 'after both')!;
  expect(events.parentsOf(after)).toEqual(['event again']);
});

test('a tunnel ends when it is made', async () => {
  const { events, stdout, stderr } = await run(`
    import * as undici from 'undici';
    import { connect } from 'node:net';
    const inner = await serve((request, response) => response.end('y'));
    const proxy = http.createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxy.on('connect', ({ url }, socket) => {
      const [host, port] = url.split(':');
      const out = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\\r\\n\\r\\n');
        socket.pipe(out).pipe(socket);
      });
    });
    const dispatcher = new undici.ProxyAgent({ uri: 'http://127.0.0.1:' + proxy.address().port, proxyTunnel: true });
    const { body } = await undici.request(inner.url, { dispatcher });
    process.stdout.write(await body.text());
    await dispatcher.close();
    proxy.close();
    await inner.stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'y', stderr: '' });
  const [begun] = events.all('begin', /^CONNECT 127[.]0[.]0[.]1:\d+$/);
  const ended = events.find('end', /^CONNECT 127[.]0[.]0[.]1:\d+ 200$/);
  expect(Events.field(ended, 'operation')).toBe(begun!.eventId);
});
