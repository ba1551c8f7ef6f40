// Messages of Node's own classes WebSocket and EventSource, and of servers by the package ws and node:http.
import type { Report } from '@throughline/runtime/report';
import { Events } from '../operations/program';
import { programsWith, SOCKET_SERVER } from './traced';

const runWith = programsWith(['ws@8.23.0']);
// Node 20 has the classes behind flags, which newer versions take as well.
const FLAGS = '--experimental-websocket --experimental-eventsource --no-warnings';
const run = (code: string) => runWith(code, { NODE_OPTIONS: FLAGS });

const SERVER = `
  ${SOCKET_SERVER}
  import { log } from '@throughline/runtime/xtrace';
  const opened = (socket) => new Promise((resolve) => (socket.onopen = resolve));
`;

test('each of 32 messages is handled in the task of its sender, in both directions', async () => {
  const { events, stdout, stderr } = await run(`
    ${SERVER}
    sockets.on('connection', (socket) => {
      socket.on('message', async (data) => {
        await pause();
        log('served ' + data);
        socket.send('answer ' + data);
      });
    });
    const socket = new WebSocket(url);
    let heard = 0;
    socket.addEventListener('message', () => heard++, true);
    await opened(socket);
    const { url: own, stop } = await serve((request, response) => {
      const n = request.url.slice(1);
      const listener = ({ data }) => {
        if (data !== 'answer ' + n) return;
        socket.removeEventListener('message', listener);
        log('got ' + data);
        response.end();
      };
      socket.addEventListener('message', listener);
      socket.send(n);
    });
    const ask = (n) => get(own + '/' + n, { headers: inTask(n + 1) });
    await Promise.all(Array.from({ length: 32 }, (_, n) => ask(n)));
    console.log(heard, socket instanceof WebSocket, socket.constructor === WebSocket, WebSocket.name, socket.send.name, socket.send.length);
    socket.close();
    await closed();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '32 true true WebSocket send 1\n', stderr: '' });
  for (let n = 0; n < 32; n++) {
    const own = events.ofTask(n + 1);
    const find = (label: string): Report[] => own.reports.filter((one) => one.label === label);
    expect(own.parentsOf(find(`served ${n}`)[0]!)).toEqual(['event message /chat']);
    expect(own.parentsOf(find(`got answer ${n}`)[0]!)).toEqual([
      `begin GET /${n}`,
      'event message /chat',
    ]);
    const handled = find('message /chat').map((one) => own.parentsOf(one)[0]);
    expect(handled).toEqual(expect.arrayContaining([`begin GET /${n}`, `event served ${n}`]));
  }
  expect(JSON.stringify(events.reports)).not.toContain('secret');
});

test('the first message, binary ones, parts, and classes of the program', async () => {
  const { events, stdout, stderr } = await run(`
    ${SERVER}
    sockets.on('connection', (socket, { headers }) => {
      socket.on('message', (data, isBinary) => {
        log('served ' + data + ' ' + isBinary);
        socket.send('whole ', { fin: false });
        socket.send('message', { fin: true });
        socket.send(Buffer.from('bytes'));
      });
    });
    class Chat extends WebSocket {
      got = [];
      constructor(url) {
        super(url, { protocols: ['chat'] });
        this.binaryType = 'arraybuffer';
        this.onopen = () => { log('opened'); this.send('first'); this.send(Buffer.from('second')); };
        this.onmessage = ({ data }) => {
          log('got ' + typeof data);
          if (this.got.push(typeof data === 'string' ? data : data.byteLength) === 4) this.close();
        };
      }
      send(data) { log('sends ' + data); super.send(data); }
    }
    const chat = new Chat(url);
    await new Promise((resolve) => (chat.onclose = resolve));
    console.log(chat.got.join(), chat.protocol);
    try { new WebSocket('no address'); } catch ({ name }) { console.log(name); }
    await closed();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'whole message,5,whole message,5 chat\nSyntaxError\n',
    stderr: '',
  });
  const parentsOf = (label: string): string[] =>
    events.parentsOf(events.reports.find((one) => one.label === label)!);
  const ofMessage = (label: string): string[] => {
    const event = events.reports.find((one) => one.label === label)!;
    const message = events.reports.find(
      ({ label: text, eventId }) =>
        text === 'message /chat' && event.parentEventIds.includes(eventId),
    );
    return events.parentsOf(message!);
  };
  expect(parentsOf('served first false')).toEqual(['event connect /chat', 'event message /chat']);
  expect(ofMessage('served first false')).toEqual(['event sends first']);
  expect(ofMessage('served second true')).toEqual(['event sends second']);
  const got = events.reports.filter(({ label }) => label.startsWith('got '));
  expect(got).toHaveLength(4);
  for (const one of got) expect(events.parentsOf(one)).toContain('event message /chat');
});

test('a server that runs without us, and one with a small limit, get only what the program sends', async () => {
  const { stdout, stderr } = await run(`
    ${SERVER}
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    const ask = async (url) => {
      const socket = new WebSocket(url);
      await opened(socket);
      const got = [];
      socket.onmessage = ({ data }) => { got.push(data); if (data === 'b') socket.close(); };
      socket.send('a');
      socket.send('b');
      await new Promise((resolve) => (socket.onclose = resolve));
      return got.join();
    };
    const small = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 8 });
    await once(small, 'listening');
    small.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
    console.log(await ask('ws://127.0.0.1:' + small.address().port));
    small.close();
    writeFileSync('plain.mjs', \`
      import { WebSocketServer } from 'ws';
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      server.on('listening', () => console.log(server.address().port));
      server.on('connection', (socket) => {
        socket.on('message', (data) => socket.send(String(data)));
        socket.on('close', () => server.close());
      });\`);
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = spawn(process.execPath, ['plain.mjs'], { env });
    const [port] = await once(child.stdout, 'data');
    console.log(await ask('ws://127.0.0.1:' + Number(port)));
    await closed();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'a,b\na,b\n', stderr: '' });
});

test('each server-sent event is heard in the task of its sender, also after a new connection', async () => {
  const { events, stdout, stderr } = await run(`
    import { log } from '@throughline/runtime/xtrace';
    let left = 4;
    const seen = [];
    const { url, stop } = await serve(async (request, response) => {
      if (request.url !== '/events') {
        clients.forEach((client) => client('data: ' + request.url.slice(1) + '\\n\\n'));
        return response.end();
      }
      seen.push(request.url, String(request.headers.accept));
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 1\\n\\n');
      clients.add((text) => { log('tells ' + text.trim()); response.write(text); if (--left === 2) response.end(); });
    });
    const clients = new Set();
    const source = new EventSource(url + '/events');
    const got = [];
    const heard = (n) => new Promise((resolve) => {
      source.addEventListener('message', function listener({ data }) {
        if (data !== n) return;
        log('heard ' + data);
        got.push(data);
        source.removeEventListener('message', listener);
        resolve();
      });
    });
    const opened = () => new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
    const ask = async (n) => { const end = heard(n); await get(url + '/' + n, { headers: inTask(Number(n)) }); await end; };
    await opened();
    while (clients.size === 0) await pause();
    await ask('1');
    const again = opened();
    await ask('2');
    await again;
    clients.delete([...clients][0]);
    while (clients.size === 0) await pause();
    await ask('3');
    console.log(got.join(), source.url === url + '/events', source.constructor === EventSource, seen.join(' '));
    source.close();
    await stop();
  `);

  const asked = '/events text/event-stream';
  expect({ stdout, stderr }).toEqual({
    stdout: `1,2,3 true true ${asked} ${asked}\n`,
    stderr: '',
  });
  for (const n of [1, 2, 3]) {
    const own = events.ofTask(n);
    const find = (label: string): Report => own.reports.find((one) => one.label === label)!;
    expect(own.parentsOf(find('message /events'))).toEqual([`event tells data: ${n}`]);
    const heard = events.reports.find(({ label }) => label === `heard ${n}`)!;
    expect(new Events(events.reports).parentsOf(heard)).toContain('event message /events');
  }
});

test('a gateway that copies the headers of its client is told nothing', async () => {
  const { stdout, stderr } = await run(`
    ${SERVER}
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send('answer ' + data)));
    http_.on('request', (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: a\\n\\n');
    });
    writeFileSync('gateway.mjs', \`
      import http from 'node:http';
      import { WebSocket, WebSocketServer } from 'ws';
      const target = process.argv[2];
      const copied = ({ headers: { host, ...others } }) =>
        Object.fromEntries(Object.entries(others).filter(([name]) => !/^(sec-websocket|connection|upgrade)/.test(name)));
      const server = http.createServer(async (request, response) => {
        const answer = await fetch(target, { headers: copied(request) });
        const text = await answer.text();
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: ' + JSON.stringify(text) + '\\\\n\\\\n');
      });
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (client, request) => {
        const behind = new WebSocket(target.replace('http', 'ws'), { headers: copied(request) });
        behind.on('message', (data) => client.send(String(data)));
        client.on('message', (data) => (behind.readyState === 1 ? behind.send(data) : behind.on('open', () => behind.send(data))));
        client.on('close', () => behind.close());
      });
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));
    \`);
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = spawn(process.execPath, ['gateway.mjs', url.replace('ws', 'http')], { env });
    const port = Number((await once(child.stdout, 'data'))[0]);
    const socket = new WebSocket('ws://127.0.0.1:' + port);
    await opened(socket);
    const answer = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
    socket.send('hi');
    console.log(await answer);
    socket.close();
    const source = new EventSource('http://127.0.0.1:' + port);
    console.log(await new Promise((resolve) => (source.onmessage = ({ data }) => resolve(data))));
    source.close();
    child.kill();
    await once(child, 'exit');
    http_.closeAllConnections();
    await closed();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: 'answer hi\n"data: a\\n\\n"\n', stderr: '' });
});

test('what listeners of a stream ask for is not told, and many listeners are no warning', async () => {
  const { stdout, stderr } = await run(`
    import { writeFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    process.on('warning', ({ name }) => name.startsWith('MaxListeners') && console.log(name));
    const { url, stop } = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: a\\n\\n');
      if (request.headers['x-own']) response.end();
    });
    // Code that is not instrumented, and runs where the engine says.
    writeFileSync('listener.cjs', \`// throughline: off file
      module.exports = (url) => async () => {
        const answer = await fetch(url, { headers: { accept: 'text/event-stream', 'x-own': '1' } });
        console.log(JSON.stringify(await answer.text()));
      };\`);
    const source = new EventSource(url);
    const asked = createRequire(import.meta.url)('./listener.cjs')(url);
    await new Promise((resolve) => source.addEventListener('open', () => asked().then(resolve)));
    for (let n = 0; n < 10; n++) source.addEventListener('message', () => n);
    await pause();
    source.close();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '"data: a\\n\\n"\n', stderr: '' });
});
