// What an answer brings back: the caller comes after what the service had done when it sent the head.
import { prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

/** A service with an answer of each kind, and a caller in a task of its own. */
const service = (handler: string, ask: string): string => `${prelude}
  import { log } from '@throughline/runtime/xtrace';
  const inner = await serve(async (request, response) => {
    await pause();
    log('work');
    ${handler}
  });
  const outer = await serve(async (request, response) => {
    const answer = await ${ask};
    log('caller goes on');
    response.end(answer);
  });
  const traceparent = '00-0af7651916cd43dd0448eb211c80319c-b7ad6b7169203331-01';
  console.log(await get(outer.url + '/outer', { headers: { traceparent } }));
  await outer.stop();
  await inner.stop();
`;

const callers = {
  'http.get': `get(inner.url + '/inner')`,
  fetch: `fetch(inner.url + '/inner').then((response) => response.text())`,
};

describe.each(Object.entries(callers))('%s', (_, ask) => {
  const run = async (handler: string) => {
    const { events, stdout } = await programs.run(service(handler, ask));
    const sent = events.find('end', /^GET 127.*inner 200$/);
    return { events, stdout, sent, begun: events.find('begin', /^GET \/inner$/) };
  };

  test('an answer that is complete with its head: the caller comes after its end', async () => {
    const { events, stdout, sent, begun } = await run(`response.end('x');`);

    expect(stdout).toBe('x\n');
    expect(events.parentsOf(sent)).toEqual(['end GET /inner 200']);
    expect(events.parentsOf(events.find('end', /^GET \/inner 200$/))).toEqual(['event work']);
    expect(sent.taskId).toBe(begun.taskId);
    const next = events.reports.find(({ label }) => label === 'caller goes on')!;
    expect(events.parentsOf(next)).toEqual([expect.stringMatching(/^end GET 127.*inner 200$/)]);
  });

  test('an answer that goes on: the caller comes after its head, and not after its end', async () => {
    const { events, stdout, sent } = await run(`
      response.write('x');
      await new Promise((resolve) => setTimeout(resolve, 20));
      log('more work');
      response.end('y');
    `);

    expect(stdout).toBe('xy\n');
    expect(events.parentsOf(sent)).toEqual(['event GET /inner answers']);
    const head = events.reports.find(({ label }) => label === 'GET /inner answers')!;
    expect(events.parentsOf(head)).toEqual(['event work']);
    const more = events.reports.find(({ label }) => label === 'more work')!;
    expect(events.parentsOf(more)).toEqual(['event GET /inner answers']);
    expect(events.parentsOf(events.find('end', /^GET \/inner 200$/))).toEqual(['event more work']);
  });

  test('a head that is written just before the body: the caller comes after the end', async () => {
    const { events, sent } = await run(`
      response.writeHead(200, ['set-cookie', 'a=1', 'Set-Cookie', 'b=2']);
      response.end('x');
      log('after the end');
    `);

    expect(events.parentsOf(sent)).toEqual(['end GET /inner 200']);
    const after = events.reports.find(({ label }) => label === 'after the end')!;
    expect(events.parentsOf(after)).toEqual(['end GET /inner 200']);
  });

  test('a head that is written earlier: the caller comes after it', async () => {
    const { events, sent } = await run(`
      response.writeHead(200).flushHeaders();
      await pause();
      response.end('x');
    `);

    expect(events.parentsOf(sent)).toEqual(['event GET /inner answers']);
    expect(events.parentsOf(events.find('end', /^GET \/inner 200$/))).toEqual([
      'event GET /inner answers',
    ]);
  });

  test('a handler that starts a task of its own goes on in it', async () => {
    const { events, sent } = await run(`
      const { startTask } = await import('@throughline/runtime/xtrace');
      startTask();
      log('own');
      response.writeHead(200);
      log('own, too');
      response.end('x');
    `);
    const task = (name: string) => events.reports.find(({ label }) => label === name)!.taskId;

    expect(task('own, too')).toBe(task('own'));
    expect(task('own')).not.toBe(sent.taskId);
    expect(events.parentsOf(sent)).toEqual(['end GET /inner 200']);
  });

  test.each([
    ['a header that the program sets', `response.setHeader('traceresponse', 'mine')`],
    [
      'one of another task',
      `response.setHeader('traceresponse', '00-${'1'.repeat(32)}-${'2'.repeat(16)}-01')`,
    ],
    [
      'one with zeros',
      `response.setHeader('traceresponse', '00-0af7651916cd43dd0448eb211c80319c-${'0'.repeat(16)}-01')`,
    ],
  ])('%s stays, and is not joined', async (_, set) => {
    const { events, sent, stdout } = await run(`
      ${set};
      response.end(String(response.getHeader('traceresponse')).slice(0, 8));
    `);

    expect(set).toContain(stdout.trim());
    expect(events.parentsOf(sent)).toEqual([expect.stringMatching(/^begin GET 127.*inner$/)]);
  });
});

test('headers are those of the program, and a client that sends no traceparent sees no other', async () => {
  const program = `${prelude}
    import { connect } from 'node:net';
    import { text } from 'node:stream/consumers';
    const { url, stop } = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(200, ['set-cookie', 'a=1', 'Set-Cookie', 'b=2']);
      if (request.url === '/b') response.writeHead(201, 'Made', { 'X-One': 'two' });
      response.sendDate = false;
      response.end(String(Object.keys(response).includes('writeHead')));
    });
    for (const path of ['/a', '/b', '/c']) {
      for (const more of ['', 'traceparent: 00-0af7651916cd43dd0448eb211c80319c-b7ad6b7169203331-01\\r\\n']) {
        const socket = connect(new URL(url).port, '127.0.0.1');
        socket.end('GET ' + path + ' HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n' + more + '\\r\\n');
        process.stdout.write((await text(socket)) + '\\n--\\n');
      }
    }
    await stop();
  `;
  const written = (text: string): string => text.replace(/^Date: .*\r\n/gm, '');
  const stdout = written((await programs.run(program)).stdout);
  const plain = written((await programs.runPlain(program)).stdout);

  const traced = stdout.split('\n--\n').filter((one) => one.includes('traceresponse'));
  expect(traced).toHaveLength(3);
  expect(stdout.replace(/^traceresponse: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n/gm, '')).toBe(plain);
});

describe('a browser that opens a page', () => {
  test.each([
    ['with setHeader', `response.setHeader('server-timing', 'db;dur=5').end('x');`],
    ['without one of its own', `response.end('x');`],
    ['with a list of headers', `response.writeHead(200, ['server-timing', 'db;dur=5']).end('x');`],
  ])('gets the event of the answer in Server-Timing: %s', async (_, handler) => {
    const { events, stdout } = await programs.run(`${prelude}
      import { connect } from 'node:net';
      const all = async (socket) => { const parts = []; for await (const part of socket) parts.push(part); return parts; };
      const { url, stop } = await serve((request, response) => { ${handler} });
      // Without a client that is instrumented, which would send a traceparent.
      for (const line of ['sec-fetch-dest: document', 'sec-fetch-dest: script', 'x: y']) {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.end('GET /page HTTP/1.1\\r\\nhost: a\\r\\nconnection: close\\r\\n' + line + '\\r\\n\\r\\n');
        const [head] = (await all(socket)).join('').split('\\r\\n\\r\\n');
        const given = head.split('\\r\\n').filter((one) => /^server-timing:|^traceresponse:/i.test(one));
        console.log(given.map((one) => one.replace(/^.*?: /, '')).join(', '));
      }
      await pause();
      await stop();
    `);
    const own = handler.includes('db') ? 'db;dur=5' : '';
    const [page, ...others] = stdout.replace(/\n$/, '').split('\n');

    expect(others).toEqual([own, own]);
    const [, told] = /traceparent;desc="00-\w{32}-(\w{16})-01"$/.exec(page!)!;
    expect(page!.startsWith('db;dur=5, ')).toBe(own !== '');
    const ends = events.all('end', /^GET \/page 200$/).map(({ eventId }) => eventId);
    expect(ends).toContain(told);
  });
});
