import { Events, prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

/** The start of a program with a server of HTTP/2, and a way to ask it. */
const start = `${prelude}
  import http2 from 'node:http2';
  async function serveHttp2(handler, event = 'request') {
    const server = http2.createServer().on(event, handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { url: 'http://127.0.0.1:' + server.address().port, stop: () => server.close() };
  }
  const ask = (session, headers, options) =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers, options);
      let text = '';
      stream.on('response', () => stream.setEncoding('utf8').on('data', (chunk) => (text += chunk)));
      stream.on('end', () => resolve(text)).on('error', reject);
    });
`;

test('requests on one session are operations of their tasks, on both sides, and join their callers', async () => {
  const { events, stdout, stderr } = await programs.run(`${start}
    import { log } from '@throughline/runtime/xtrace';
    const upper = await serveHttp2(async (request, response) => {
      await pause();
      log('looked up ' + request.url);
      response.end('price of ' + request.url);
    });
    const session = http2.connect(upper.url);
    const { url, stop } = await serve(async (request, response) => {
      const path = request.url;
      const answers = await Promise.all([
        ask(session, { ':path': path + '/a?secret=1' }),
        ask(session, { ':path': path + '/b' }),
      ]);
      log('priced ' + path);
      response.end(answers.join());
    });
    const all = Array.from({ length: 16 }, (_, n) => get(url + '/' + (n + 1), { headers: inTask(n + 1) }));
    console.log((await Promise.all(all))[0]);
    session.close();
    upper.stop();
    await stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'price of /1/a?secret=1,price of /1/b\n',
    stderr: '',
  });
  expect(JSON.stringify(events.all('begin', /./))).not.toContain('secret');
  for (let n = 1; n <= 16; n++) {
    const own = events.ofTask(n);
    const asked = own.all('begin', new RegExp(`^GET 127\\.0\\.0\\.1:\\d+/${n}/[ab]$`));
    expect(asked.map((one) => own.parentsOf(one))).toEqual([
      [`begin GET /${n}`],
      [`begin GET /${n}`],
    ]);
    for (const name of ['a', 'b']) {
      const served = own.find('begin', new RegExp(`^GET /${n}/${name}$`));
      expect(own.parentsOf(served)).toEqual([expect.stringMatching(`/${n}/${name}$`)]);
      expect(Events.field(served, 'network.protocol.version')).toBe('2');
      const ended = own.find('end', new RegExp(`^GET /${n}/${name} 200$`));
      expect(own.parentsOf(ended)).toEqual([expect.stringMatching(/^event looked up/)]);
      // The caller's end comes after what the server has told of.
      const back = own.find('end', new RegExp(`^GET 127.*/${n}/${name} 200$`));
      expect(own.parentsOf(back)).toEqual([`end GET /${n}/${name} 200`]);
    }
    const [priced] = own.reports.filter(({ label }) => label === `priced /${n}`);
    expect(own.parentsOf(priced!)).toEqual([
      expect.stringMatching(`^end GET 127.*/a 200$`),
      expect.stringMatching(`^end GET 127.*/b 200$`),
    ]);
  }
});

test('streams, files, refusals and clients that go away', async () => {
  const { events, stdout, stderr } = await programs.run(`${start}
    import { fileURLToPath } from 'node:url';
    const file = fileURLToPath(import.meta.url);
    const { url, stop } = await serveHttp2((stream, headers) => {
      const path = headers[':path'];
      if (path === '/file') return stream.respondWithFile(file);
      if (path === '/head') return stream.respond({ ':status': 204, traceresponse: 'own' }, { endStream: true });
      if (path === '/slow') return void stream.on('error', () => {}).respond();
      if (path === '/broken') { stream.respond({ ':status': 503 }); return stream.end('no'); }
      stream.respond({ ':status': 200 });
      setTimeout(() => stream.end('late'), 5);
    }, 'stream');
    const session = http2.connect(url);
    const headers = (path) => ({ ':path': path, ...inTask(1) });
    console.log((await ask(session, headers('/file'))).includes('respondWithFile'));
    console.log(await ask(session, headers('/head')));
    console.log(await ask(session, headers('/broken')));
    console.log(await ask(session, headers('/late')));
    const stream = session.request(headers('/slow'));
    await once(stream, 'response');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await once(stream, 'close');
    const dead = session.request(headers('/never'));
    dead.close(http2.constants.NGHTTP2_CANCEL);
    await once(dead, 'close');
    try { session.request({ ':nothing': 1 }); } catch (error) { console.log(error.code); }
    session.destroy();
    stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: 'true\n\nno\nlate\nERR_HTTP2_INVALID_PSEUDOHEADER\n',
    stderr: '',
  });
  const own = events.ofTask(1);
  const ended = own.reports
    .filter((one) => Events.field(one, 'phase') === 'end')
    .map((one) => `${one.label} ${Events.field(one, 'status')}`);
  expect(ended).toEqual(
    expect.arrayContaining([
      'GET /file 200 ok',
      'GET /head 204 ok',
      'GET /broken 503 error',
      'GET /late 200 ok',
      'GET /slow cancelled cancelled',
    ]),
  );
  const asked = events.all('end', /^GET 127.*(?:\/never|failed)/);
  expect(asked.map((one) => Events.field(one, 'status'))).toEqual(['cancelled', 'error']);
  expect(own.reports.map(({ label }) => label)).toContain('GET /late answers');
});

test('a program that has its own traceparent keeps it, and its objects', async () => {
  const { stdout, stderr } = await programs.run(`${start}
    const seen = [];
    const { url, stop } = await serveHttp2((request, response) => {
      seen.push([request.headers.traceparent, request.headers.x]);
      response.end();
    });
    const session = http2.connect(url);
    const headers = { ':path': '/', Traceparent: inTask(7).traceparent, x: 'y' };
    await ask(session, headers);
    await ask(session, undefined);
    await ask(session, Object.assign(Object.create(null), { ':path': '/' }));
    console.log(seen[0].join(), seen.map(([one]) => /^00-/.test(one)).join(), Object.keys(headers).join());
    session.close();
    stop();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout:
      '00-00000000000000000000000000000007-b7ad6b7169203331-01,y true,true,true :path,Traceparent,x\n',
    stderr: '',
  });
});

test('what the program does wrong fails as it does without us, and ends', async () => {
  const code = `${start}
    const { url, stop } = await serveHttp2((stream, headers) => {
      const path = headers[':path'];
      if (path === '/nohead') { stream.end(); return setTimeout(() => stream.close(), 5); }
      try { stream.respond(path === '/null' ? null : 'abc'); } catch (error) { console.log(error.code); }
      if (!stream.headersSent) stream.respond({ ':status': 204 }, { endStream: true });
    }, 'stream');
    const session = http2.connect(url);
    console.log(session.request.name, session.request.length);
    for (const wrong of [null, 'abc', 5]) {
      try { session.request(wrong).on('error', () => {}).close(); console.log('sent'); } catch (error) { console.log(error.code); }
    }
    const reach = (path) => new Promise((resolve) => {
      session.request({ ':path': path, ...inTask(1) }).on('close', resolve).on('error', () => {}).resume().end();
    });
    for (const path of ['/null', '/text', '/nohead']) await reach(path);
    session.destroy();
    stop();
  `;
  const { events, stdout, stderr } = await programs.run(code);
  const plain = await programs.runPlain(code);

  expect({ stdout, stderr }).toEqual({ stdout: plain.stdout, stderr: plain.stderr });
  const own = events.ofTask(1);
  for (const path of ['/null', '/text', '/nohead']) {
    expect(own.all('end', new RegExp(`^GET ${path} `))).toHaveLength(1);
  }
});
