// Messages of WebSockets by the package ws: who handles one goes on with the task of its sender, where both sides run with
// Throughline. Others see nothing but what the program has sent.
import type { Report } from '@throughline/runtime/report';
import { Events } from '../operations/program';
import { programsWith, SOCKET_SERVER } from './traced';

const run = programsWith(['ws@8.23.0', 'socket.io@4.8.4', 'socket.io-client@4.8.4']);

const SERVER = `
  import { WebSocket } from 'ws';
  ${SOCKET_SERVER}
`;

test('each of 32 messages is handled in the task of its sender, in both directions', async () => {
  const { events, stdout, stderr } = await run(`
    import { log } from '@throughline/runtime/xtrace';
    ${SERVER}
    sockets.on('connection', (socket) => {
      socket.on('message', async (data) => {
        await pause();
        log('served ' + data);
        socket.send('answer ' + data);
      });
    });
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const { url: own, stop } = await serve((request, response) => {
      const n = request.url.slice(1);
      const listener = (data) => {
        if (String(data) !== 'answer ' + n) return;
        socket.off('message', listener);
        log('got ' + data);
        response.end();
      };
      socket.on('message', listener);
      socket.send(n);
    });
    let pongs = 0;
    socket.on('pong', () => pongs++);
    const ask = (n) => get(own + '/' + n, { headers: inTask(n + 1) });
    await Promise.all(Array.from({ length: 32 }, (_, n) => ask(n)));
    console.log(pongs, socket.listenerCount('message'));
    socket.close();
    await closed();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '0 0\n', stderr: '' });
  for (let n = 0; n < 32; n++) {
    const own = events.ofTask(n + 1);
    const find = (label: string) => own.reports.filter((one) => one.label === label);
    expect(own.parentsOf(find(`served ${n}`)[0]!)).toEqual(['event message /chat']);
    const [got] = find(`got answer ${n}`);
    // The listener was added after the begin of its request, and hears the message.
    expect(own.parentsOf(got!)).toEqual([`begin GET /${n}`, 'event message /chat']);
    const handled = find('message /chat').map((one) => own.parentsOf(one)[0]);
    expect(handled).toEqual(expect.arrayContaining([`begin GET /${n}`, `event served ${n}`]));
  }
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});

test('a server begins a task for each message of somebody who says nothing', async () => {
  const { events, stdout } = await run(`
    import { log } from '@throughline/runtime/xtrace';
    import { execFileSync } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    import { spawn } from 'node:child_process';
    ${SERVER}
    sockets.on('connection', (socket, request) => {
      console.log(Object.keys(request.headers).filter((name) => /trace|throughline/.test(name)).join());
      socket.on('message', (data) => {
        log('served ' + data);
        socket.send('answer ' + data);
      });
    });
    writeFileSync('client.mjs', \`
      import { WebSocket } from 'ws';
      const socket = new WebSocket(process.argv[2]);
      const seen = [];
      for (const name of ['message', 'ping', 'pong']) socket.on(name, (data) => seen.push(name + ' ' + data));
      socket.on('upgrade', ({ headers }) => seen.push(Object.keys(headers).sort().join()));
      socket.on('open', () => { socket.send('a'); socket.send('b'); });
      socket.on('message', (data) => {
        if (String(data) !== 'answer b') return;
        console.log(seen.join(' | '));
        socket.close();
      });\`);
    const env = { ...process.env, NODE_OPTIONS: '', TRACEPARENT: '' };
    const child = spawn(process.execPath, ['client.mjs', url], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    await once(child, 'exit');
    await closed();
  `);

  expect(stdout).toBe(
    '\nconnection,sec-websocket-accept,upgrade | message answer a | message answer b\n',
  );
  const served = events.reports.filter(({ label }) => label.startsWith('served '));
  expect(served).toHaveLength(2);
  expect(new Set(served.map(({ taskId }) => taskId)).size).toBe(2);
  for (const one of served) {
    expect(new Events(events.reports).parentsOf(one)).toEqual(['event message /chat']);
  }
});

test('what a connection has set is there in its listeners, in the tasks of the messages', async () => {
  const { events, stdout } = await run(`
    import { getLocal, register, setLocal } from '@throughline/runtime';
    import { log } from '@throughline/runtime/xtrace';
    ${SERVER}
    const user = register('nobody');
    sockets.on('connection', (socket, { url }) => {
      setLocal(user, url);
      const answer = (how, data) => {
        log(how + ' ' + data);
        socket.send(how + (how === 'on' ? ' ' + getLocal(user) : ''));
      };
      socket.on('message', (data) => answer('on', data));
      socket.addEventListener('message', ({ data }) => answer('listener', data));
      socket.onmessage = ({ data }) => answer('property', data);
    });
    const ask = async (name) => {
      const socket = new WebSocket(url.replace('chat', name));
      await once(socket, 'open');
      const got = [];
      await new Promise((resolve) => {
        socket.on('message', (data) => got.push(String(data)) === 3 && resolve());
        socket.send('hi');
      });
      socket.close();
      return got;
    };
    console.log((await Promise.all([ask('ada'), ask('bob')])).join());
    await closed();
  `);

  const asked = ['ada', 'bob'].map((name) => `on /${name}?secret=1,listener,property`);
  expect(stdout).toBe(`${asked.join()}\n`);
  for (const how of ['on', 'listener', 'property']) {
    const heard = events.reports.filter(({ label }) => label.startsWith(`${how} hi`));
    const isOfMessage = ({ taskId }: Report): boolean =>
      events.reports.some(
        (one) => one.taskId === taskId && /^message [/](?:ada|bob)$/.test(one.label),
      );
    expect(heard.map(isOfMessage)).toEqual([true, true]);
  }
});

test('nobody but ws and Socket.IO offers to say where messages come from', async () => {
  const { stdout } = await run(`
    const server = http.createServer((request, response) => response.end(String('throughline-messages' in request.headers)));
    server.on('upgrade', (request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: upgrade\\r\\nUpgrade: websocket\\r\\nx-offered: ' +
        ('throughline-messages' in request.headers) + '\\r\\n\\r\\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = 'http://127.0.0.1:' + server.address().port;
    const request = http.request(url, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end();
    const [response, socket] = await once(request, 'upgrade');
    socket.destroy();
    console.log(response.headers['x-offered'], await get(url + '/socket.io/?EIO=4&transport=polling'));
    server.close();
    server.closeAllConnections();
  `);

  expect(stdout).toBe('false false\n');
});

describe('Socket.IO', () => {
  const SOCKET_IO = `
    import { Server } from 'socket.io';
    import { io } from 'socket.io-client';
    import { log } from '@throughline/runtime/xtrace';
    const http_ = http.createServer().listen(0, '127.0.0.1');
    await once(http_, 'listening');
    const server = new Server(http_);
    const url = 'http://127.0.0.1:' + http_.address().port;
  `;

  test.each(['polling', 'websocket'])(
    'by %s, each of 16 events and its answer are in the task of the sender',
    async (transport) => {
      const { events, stdout, stderr } = await run(`${SOCKET_IO}
        server.on('connection', (socket) => {
          socket.on('order', async (n, { items }, answer) => {
            await pause();
            log('served ' + n);
            socket.emit('news', n);
            answer('answer ' + n, items);
          });
        });
        const socket = io(url, { transports: ['${transport}'] });
        await new Promise((resolve) => socket.on('connect', resolve));
        const news = [];
        socket.on('news', (...args) => { log('news ' + args[0]); news.push(args.length); });
        const { url: own, stop } = await serve(async (request, response) => {
          const n = request.url.slice(1);
          const answer = await socket.emitWithAck('order', n, { items: [1, 2] });
          log('got ' + n);
          response.end(String(answer));
        });
        const ask = (n) => get(own + '/' + n, { headers: inTask(n + 1) });
        const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => ask(n)));
        console.log(answers[3], new Set(news));
        socket.close();
        server.close();
        await stop();
      `);

      expect({ stdout, stderr }).toEqual({ stdout: 'answer 3 Set(1) { 1 }\n', stderr: '' });
      for (let n = 0; n < 16; n++) {
        const own = events.ofTask(n + 1);
        const parentsOf = (label: string): string[] =>
          own.parentsOf(own.reports.find((one) => one.label === label)!);
        expect(parentsOf('message order')).toEqual([`begin GET /${n}`]);
        expect(parentsOf(`served ${n}`)).toEqual(['event message order']);
        expect(parentsOf('message news')).toEqual([`event served ${n}`]);
        expect(parentsOf(`news ${n}`)).toContain('event message news');
        expect(parentsOf(`got ${n}`)).toEqual([`event served ${n}`]);
      }
    },
  );

  test('what waits for a connection is sent for who has sent it, and an answer is theirs', async () => {
    const { events, stdout, stderr } = await run(`${SOCKET_IO}
      server.on('connection', (socket) => {
        socket.on('order', (n, answer) => { log('served ' + n); answer(n); });
      });
      const socket = io(url, { transports: ['websocket'], autoConnect: false });
      const { url: own, stop } = await serve(async (request, response) => {
        const n = request.url.slice(1);
        response.end(await socket.emitWithAck('order', n));
      });
      const asked = Promise.all(Array.from({ length: 8 }, (_, n) => get(own + '/' + n, { headers: inTask(n + 1) })));
      await pause();
      while (socket.sendBuffer.length < 8) await pause();
      socket.connect();
      console.log((await asked).join());
      socket.close();
      server.close();
      await stop();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: '0,1,2,3,4,5,6,7\n', stderr: '' });
    for (let n = 0; n < 8; n++) {
      const own = events.ofTask(n + 1);
      const of = (label: RegExp): string[] =>
        own.reports.filter((one) => label.test(one.label)).map(({ label: text }) => text);
      // Before the server has agreed nobody is named: then the order is a task of its own, and never one of another request.
      expect(of(/^served /).filter((one) => one !== `served ${n}`)).toEqual([]);
    }
  });

  test.each(['{}', '{ connectionStateRecovery: {} }'])(
    'a broadcast is in the task of its sender, who comes after all that have answered it (%s)',
    async (options) => {
      const { events, stdout, stderr } =
        await run(`${SOCKET_IO.replace('(http_)', `(http_, ${options})`)}
        import { execFile } from 'node:child_process';
        import { writeFileSync } from 'node:fs';
        let encoded = 0;
        const thing = { toJSON: () => ({ encoded: ++encoded }) };
        server.on('connection', (socket) => {
          socket.join('room');
          socket.on('order', async (n, done) => {
            log('order ' + n);
            server.emit('all', thing, n);
            server.to('room').emit('binary', Buffer.from('x'), n);
            socket.broadcast.emit('others', n);
            const answers = await server.timeout(2000).emitWithAck('asked', n);
            log('answered ' + n + ' by ' + answers.sort());
            server.timeout(2000).emit('asked again', n, (error, again) => {
              log('called ' + n);
              socket.emit('only', n, () => (log('only answered'), done()));
            });
          });
        });
        const counts = [];
        const [a, b] = ['a', 'b'].map((name) => {
          const socket = io(url, { transports: ['websocket'], forceNew: true });
          for (const event of ['all', 'binary', 'others']) {
            socket.on(event, (...args) => (log(name + ' ' + event), counts.push(event + args.length)));
          }
          socket.on('asked', (n, answer) => (log(name + ' asked'), answer(name)));
          socket.on('asked again', (n, answer) => (log(name + ' asked again'), answer(name)));
          socket.on('only', (n, answer) => answer());
          return socket;
        });
        await Promise.all([a, b].map((one) => new Promise((resolve) => one.on('connect', resolve))));
        writeFileSync('plain-client.mjs', \`
          import { io } from 'socket.io-client';
          const socket = io(process.argv[2], { transports: ['websocket'] });
          socket.on('asked', (n, answer) => answer('plain')).on('asked again', (n, answer) => answer('plain'));
          const seen = [];
          for (const event of ['all', 'binary', 'others']) socket.on(event, (...args) => seen.push(event + args.length));
          socket.on('asked again', () => (console.log(seen.join()), setTimeout(() => socket.close(), 50)));
        \`);
        const env = { ...process.env, NODE_OPTIONS: '' };
        const plain = new Promise((resolve) =>
          execFile(process.execPath, ['plain-client.mjs', url], { env }, (_, stdout) => resolve(stdout)),
        );
        while (server.sockets.sockets.size < 3) await pause();
        const { url: own, stop } = await serve(async (request, response) => {
          await new Promise((resolve) => a.emit('order', 1, () => (log('done'), resolve())));
          response.end();
        });
        await get(own + '/1', { headers: inTask(1) });
        // Programs of both kinds get the same arguments.
        console.log((await plain).trim() === [...new Set(counts)].join(), encoded);
        a.close();
        b.close();
        server.close();
        await stop();
      `);

      expect({ stdout, stderr }).toEqual({ stdout: 'true 2\n', stderr: '' });
      const own = events.ofTask(1);
      const parentsOf = (label: string): string[] =>
        own.parentsOf(own.reports.find((one) => one.label === label)!);
      for (const one of ['a', 'b']) {
        expect(parentsOf(`${one} all`)).toContain('event message all');
        expect(parentsOf(`${one} binary`)).toContain('event message binary');
        expect(parentsOf(`${one} asked`)).toContain('event message asked');
      }
      expect(own.reports.filter(({ label }) => label === 'a others')).toEqual([]);
      expect(parentsOf('b others')).toContain('event message others');
      expect(parentsOf('answered 1 by a,b,plain')).toEqual(['event a asked', 'event b asked']);
      expect(parentsOf('called 1')).toEqual(['event a asked again', 'event b asked again']);
      expect(parentsOf('done')).toEqual(['event only answered']);
      for (const message of own.reports.filter(({ label }) =>
        /^message (all|others)/.test(label),
      )) {
        expect(own.parentsOf(message)).toEqual(['event order 1']);
      }
    },
  );

  test.each([
    ['{}', [1, 2, 3]],
    // One that is tried again waits for a connection.
    ['{ retries: 2 }', [1, 2]],
  ])(
    'a callback runs in the context of its request, whatever becomes of the answer (%s)',
    async (options, asked) => {
      const { events, stdout, stderr } = await run(`${SOCKET_IO}
        server.on('connection', (socket) => {
          socket.on('ask', (n, answer) => (n === 1 ? answer() : n === 2 ? undefined : socket.disconnect()));
        });
        const socket = io(url, { transports: ['websocket'], ackTimeout: 200, ...${options} });
        await new Promise((resolve) => socket.on('connect', resolve));
        const { url: own, stop } = await serve(async (request, response) => {
          const n = Number(request.url.slice(1));
          const asks = n === 2 ? socket.timeout(100) : n === 3 ? socket.timeout(300) : socket;
          await new Promise((resolve) => asks.emit('ask', n, () => (log('back ' + n), resolve())));
          response.end();
        });
        for (const n of ${JSON.stringify(asked)}) await get(own + '/' + n, { headers: inTask(n) });
        console.log('over');
        socket.close();
        server.close();
        await stop();
      `);

      expect({ stdout, stderr }).toEqual({ stdout: 'over\n', stderr: '' });
      for (const n of asked) {
        expect(events.ofTask(n).reports.map(({ label }) => label)).toContain(`back ${n}`);
      }
    },
  );

  test('what another parser writes stays as it is, and a broadcast within a broadcast disturbs neither', async () => {
    const { events, stdout, stderr } = await run(`${SOCKET_IO}
      import { EventEmitter } from 'node:events';
      class Encoder {
        encode({ type, nsp, id, data }) { return [JSON.stringify([type, nsp, id ?? null, data ?? null])]; }
      }
      class Decoder extends EventEmitter {
        add(text) {
          const parts = JSON.parse(text);
          if (parts.length !== 4) throw new Error('not one of ours');
          const [type, nsp, id, data] = parts;
          this.emit('decoded', { type, nsp, id: id ?? undefined, data: data ?? undefined });
        }
        destroy() {}
      }
      const parser = { Encoder, Decoder };
      const other = new Server(http.createServer().listen(0, '127.0.0.1'), { parser });
      await once(other.httpServer, 'listening');
      const own = io('http://127.0.0.1:' + other.httpServer.address().port, { parser, transports: ['websocket'] });
      await new Promise((resolve) => own.on('connect', resolve));
      const got = new Promise((resolve) => own.on('all', (...args) => resolve(args.length)));
      other.emit('all', 1);
      console.log(await got);
      own.close();
      other.close();

      server.on('connection', (socket) => socket.onAnyOutgoing(() => server.of('/admin').emit('told')));
      const sockets = [1, 2].map(() => io(url, { transports: ['websocket'], forceNew: true }));
      await Promise.all(sockets.map((one) => new Promise((resolve) => one.on('connect', resolve))));
      const news = Promise.all(sockets.map((one) => new Promise((resolve) => one.on('news', resolve))));
      log('before');
      server.emit('news');
      await news;
      for (const one of sockets) one.close();
      server.close();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' });
    const messages = events.reports.filter(({ label }) => label === 'message news');
    expect(messages.map((one) => events.parentsOf(one))).toEqual([
      ['event before'],
      ['event before'],
    ]);
  });

  test('an event that a middleware refuses leaves nothing behind, and a long name is cut', async () => {
    const { events, stdout, stderr } = await run(`${SOCKET_IO}
      server.on('connection', (socket) => {
        socket.use(([name, n], next) => next(n === 1 ? new Error('refused') : undefined));
        socket.on('error', () => {});
        socket.on('order', (n) => log('served ' + n));
        socket.on('last', (answer) => answer());
      });
      const socket = io(url, { transports: ['websocket'] });
      await new Promise((resolve) => socket.on('connect', resolve));
      for (const n of [1, 1, 2, 1, 3]) socket.emit('order', n);
      socket.emit('x'.repeat(10_000));
      await socket.emitWithAck('last');
      console.log('done');
      socket.close();
      server.close();
    `);

    expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
    const served = events.reports.filter(({ label }) => label.startsWith('served '));
    expect(served.map((one) => events.parentsOf(one))).toEqual([
      ...[['event message order'], ['event message order']],
    ]);
    expect(Math.max(...events.reports.map(({ label }) => label.length))).toBe(256);
  });
});
