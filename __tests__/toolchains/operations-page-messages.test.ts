// Messages between a page and its server: WebSockets and server-sent events of a browser, the package ws and node:http at the server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Collector } from '@throughline/collector';
import type { Report } from '@throughline/runtime/report';
import { CHROMIUM, hasChromium } from '../harness/chromium';
import { freePort } from '../harness/collector';
import { ask, startTestCollector } from '../harness/test-collector';
import { until } from '../harness/until';
import { Events } from '../operations/program';
import { bundlePage } from '../page/page-bundle';
import { Project } from './project';
import { programsWith } from './traced';

const it = hasChromium ? test : test.skip;
const packages = ['ws@8.23.0', 'socket.io@4.8.4', 'socket.io-client@4.8.4'];
const run = programsWith(packages);

const PAGE = `
  import { log } from '@throughline/runtime/xtrace';
  const address = location.origin.replace('http', 'ws');
  const result = {};
  const closed = (socket) => new Promise((resolve) => (socket.onclose = resolve));

  // Each of eight messages, and its answer, in an order that the server mixes.
  async function talk(path, protocols) {
    const socket = new WebSocket(address + path, protocols);
    const got = [];
    await new Promise((resolve) => (socket.onopen = resolve));
    result[path] = [socket.protocol, socket.url === address + path];
    await Promise.all(Array.from({ length: 8 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve));
      log('asks ' + n);
      await new Promise((resolve) => {
        const listener = ({ data }) => {
          if (data !== 'answer ' + n) return;
          got.push(data);
          log('got ' + data);
          socket.removeEventListener('message', listener);
          resolve();
        };
        socket.addEventListener('message', listener);
        socket.send(String(n));
      });
    }));
    result[path].push(got.length);
    const end = closed(socket);
    socket.close();
    await end;
  }

  async function listen(path) {
    log('opens ' + path.split('#')[0]);
    const source = new EventSource(path);
    const got = [];
    await new Promise((resolve) => {
      source.onmessage = ({ data, lastEventId }) => { log('heard ' + data); got.push(data + lastEventId); };
      source.addEventListener('news', ({ data }) => { log('heard ' + data); got.push(data); });
      source.addEventListener('done', resolve);
    });
    source.close();
    result[path] = [source.url === location.origin + path, ...got];
  }

  // What must fail fails, and a server with a small limit says nothing.
  const outcomeOf = (socket) =>
    new Promise((resolve) => {
      socket.onmessage = ({ data }) => { socket.close(); resolve(data); };
      socket.onopen = () => socket.send('hi');
      socket.onerror = () => resolve('failed');
    });

  async function all() {
    result.refused = await outcomeOf(new WebSocket(address + '/chat', ['unknown']));
    result.small = await outcomeOf(new WebSocket(address + '/small'));
    try { new WebSocket(); } catch ({ name }) { result.none = name; }
    await talk('/chat', ['other', 'chat']);
    await talk('/plain-talk');
    await listen('/events?a=%20b#part');
    await listen('/unnamed');
    result.isInstance = new WebSocket(address + '/chat') instanceof WebSocket;
    globalThis.result = result;
  }
  all();
`;

/** A server of the page, which calls `answer` for what the program of a test serves. */
const SERVER = (port: number, html: string, script: string, program: string): string => `
  import { WebSocketServer } from 'ws';
  import { Server as SocketIoServer } from 'socket.io';
  import { log } from '@throughline/runtime/xtrace';
  const script = ${JSON.stringify(script)};
  const html = ${JSON.stringify(html)};
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const [path] = request.url.split('?');
    if (path === '/page.js') return response.setHeader('content-type', 'text/javascript').end(script);
    if (path === '/page') return response.setHeader('content-type', 'text/html').end(html);
    if (path === '/favicon.ico') return response.end();
    if (path !== '/stop') return answer(request, response);
    response.end(seen.join('|'));
    stop();
    server.close().closeAllConnections();
  });
  ${program}
  server.listen(${port}, '127.0.0.1');
  await once(server, 'close');
`;

const TALKS = `
  async function answer(request, response) {
    seen.push(request.url);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\\n\\n');
    for (const n of [1, 2, 3]) {
      await pause();
      log('tells ' + n);
      response.write('id: ' + n + '\\n' + (n === 2 ? 'event: news\\n' : '') + 'data: ' + n + '\\n');
      response.write('\\n');
    }
    response.end('event: done\\ndata: x\\n\\n');
  }
  server.on('upgrade', (request, socket, head) => {
    const isPlain = request.url === '/plain-talk';
    if (request.url === '/small') return small.handleUpgrade(request, socket, head, (one) => one.on('message', (data) => one.send(String(data))));
    (isPlain ? plain : sockets).handleUpgrade(request, socket, head, (one) => talk(one, request));
  });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (names) => (seen.push([...names].join(' ')), names.has('chat') && 'chat'),
  });
  const plain = new WebSocketServer({ noServer: true });
  const small = new WebSocketServer({ noServer: true, maxPayload: 8 });
  const stop = () => sockets.close();
  function talk(socket, { headers }) {
    seen.push(headers['sec-websocket-protocol']);
    let left = 8;
    const answers = [];
    socket.on('message', async (data) => {
      log('served ' + data);
      answers.push(async () => { await pause(); log('answers ' + data); socket.send('answer ' + data); });
      if (--left === 0) for (const answer of answers.reverse()) answer();
    });
  }
`;

let folder: string;
let browser: Browser;
let talks: string;
let collector: Collector;
beforeAll(async () => {
  if (!hasChromium) return;
  folder = mkdtempSync(join(tmpdir(), 'throughline-page-messages-'));
  talks = await bundlePage(folder, PAGE);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(async () => {
  if (!hasChromium) return;
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(() => collector.close());

async function isOpen(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Visits a page, with lines in its head, and returns what the page and the server saw and all events. */
async function visit(head: string, program = TALKS, script = talks) {
  const port = await freePort();
  const meta = `<meta name="throughline-collector" content="${collector.url}">${head}`;
  const html = `<!doctype html><head>${meta}</head><script type="module" src="/page.js"></script>`;
  const ended = run(SERVER(port, html, script, program), {
    THROUGHLINE_COLLECTOR: collector.reportAddress,
  });
  const page = await browser.newPage();
  const url = `http://127.0.0.1:${port}`;
  await until('the server', () => isOpen(`${url}/page`));
  await page.goto(`${url}/page`);
  const shown = await page.waitForFunction('globalThis.result');
  const result = (await shown.jsonValue()) as Record<string, unknown>;
  await page.goto('about:blank');
  await page.close();
  const seen = await (await fetch(`${url}/stop`)).text();
  const { stdout, stderr } = await ended;
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  const list = await ask<{ tasks: { taskId: string }[] }>(collector, '/api/tasks');
  const reports: Report[] = [];
  for (const { taskId } of list.body.tasks) {
    const { body } = await ask<{ events: Report[] }>(collector, `/api/tasks/${taskId}`);
    reports.push(...body.events);
  }
  return { result, seen: seen.split('|'), events: new Events(reports) };
}

const RESULT = {
  ...{ refused: 'failed', small: 'hi', none: 'TypeError' },
  '/chat': ['chat', true, 8],
  '/plain-talk': ['', true, 8],
  '/events?a=%20b#part': [true, '11', '2', '33'],
  '/unnamed': [true, '11', '2', '33'],
  isInstance: true,
};
const SEEN = [
  'unknown',
  'unknown',
  'other chat',
  'other, chat',
  '',
  '/events?a=%20b',
  '/unnamed',
  '',
];

it('each message of a page that has named its server is in the task of its sender', async () => {
  const { result, seen, events } = await visit(
    '<meta name="throughline-message-peers" content="/chat, /plain-*, /small, 127.0.0.1/events">',
  );

  expect(result).toEqual(RESULT);
  expect(seen).toEqual(SEEN);
  const all = (label: string): Report[] => events.reports.filter((one) => one.label === label);
  for (let n = 0; n < 8; n++) {
    const asks = all(`asks ${n}`);
    expect(asks).toHaveLength(2);
    for (const one of asks) expect(one.taskId).toBe(asks[0]!.taskId);
    for (const served of all(`served ${n}`)) {
      const [message] = events.reports.filter(
        ({ label, eventId }) =>
          label.startsWith('message ') && served.parentEventIds.includes(eventId),
      );
      expect(events.parentsOf(message!)).toEqual([`event asks ${n}`]);
      expect(served.taskId).toBe(asks[0]!.taskId);
    }
    for (const got of all(`got answer ${n}`)) {
      const message = events.reports.find(
        ({ label, eventId }) =>
          label.startsWith('message ') && got.parentEventIds.includes(eventId),
      );
      expect(events.parentsOf(message!)).toEqual([`event answers ${n}`]);
    }
  }
  const begun = events.find('begin', /^GET \/events$/);
  expect(events.parentsOf(begun)).toEqual(['event opens /events?a=%20b']);
  for (const n of [1, 2, 3]) {
    const [named, unnamed] = all(`heard ${n}`);
    const message = events.reports.find(
      ({ label, eventId }) =>
        label === 'message /events' && named!.parentEventIds.includes(eventId),
    );
    expect(events.parentsOf(message!)).toEqual([`event tells ${n}`]);
    expect(events.parentsOf(unnamed!)).toEqual(['event opens /unnamed']);
  }
});

it('a page that has named nobody says nothing, and is told nothing', async () => {
  const { result, seen, events } = await visit('');

  expect(result).toEqual(RESULT);
  expect(seen).toEqual(SEEN);
  const [asks] = events.reports.filter(({ label }) => label === 'asks 0');
  const served = events.reports.filter(({ label }) => label.startsWith('served '));
  expect(served).toHaveLength(16);
  expect(served.map(({ taskId }) => taskId)).not.toContain(asks!.taskId);
});

describe('Socket.IO', () => {
  const PROGRAM = `
    import { io } from 'socket.io-client';
    import { log } from '@throughline/runtime/xtrace';
    const socket = io();
    socket.on('news', (...args) => { log('news ' + args[0]); counts.add(args.length); });
    const counts = new Set();
    async function order(n) {
      await new Promise((resolve) => setTimeout(resolve));
      log('orders ' + n);
      const answer = await socket.emitWithAck('order', n, { items: [1, 2] });
      log('got ' + n);
      return answer;
    }
    socket.on('connect', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => order(n)));
      // By then it may have changed from one transport to the other.
      while (socket.io.engine.transport.name !== 'websocket') await new Promise((resolve) => setTimeout(resolve, 5));
      answers.push(await order(8));
      globalThis.result = [answers.join(), ...counts];
    });
  `;
  const SERVES = `
    const io = new SocketIoServer(server);
    const stop = () => io.close();
    const answer = (request, response) => response.end();
    io.on('connection', (socket) => {
      socket.on('order', async (n, { items }, done) => {
        await pause();
        log('served ' + n);
        socket.emit('news', n);
        done('answer ' + n, items);
      });
    });
  `;

  it('each event of a page, and its answer, are in the task of the sender', async () => {
    const project = await Project.with(packages);
    const script = await bundlePage(project.folder, PROGRAM, ['socket.io-client']);
    const { result, events } = await visit('', SERVES, script);

    expect(result).toEqual([Array.from({ length: 9 }, (_, n) => `answer ${n}`).join(), 1]);
    const parentsOf = (label: string): string[] =>
      events.parentsOf(events.reports.find((one) => one.label === label)!);
    for (let n = 0; n <= 8; n++) {
      const served = events.reports.find(({ label }) => label === `served ${n}`)!;
      const message = events.reports.find(({ eventId }) => served.parentEventIds.includes(eventId));
      expect(events.parentsOf(message!)).toEqual([`event orders ${n}`]);
      expect(parentsOf(`news ${n}`)).toContain('event message news');
      expect(parentsOf(`got ${n}`)).toContain(`event served ${n}`);
    }
  });
});
