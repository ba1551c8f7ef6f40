import { Events, prelude, Programs } from './program';

const programs = new Programs();
afterAll(() => programs.remove());

const task = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${task}-b7ad6b7169203331-01`;

test('headers that are a list are sent with ours, and as they were', async () => {
  const { events, stdout } = await programs.run(`${prelude}
    const { url, stop } = await serve((request, response) => {
      response.end([request.headers['x-a'], Boolean(request.headers.traceparent), request.rawHeaders.length].join());
    });
    const ask = (headers) => new Promise((resolve) => {
      http.get(url + '/inner', { headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(text);
      });
    });
    const own = await ask(['x-a', '1', 'Traceparent', '00-' + '1'.repeat(32) + '-' + '2'.repeat(16) + '-01', 'host', 'a']);
    process.stdout.write([await ask(['x-a', '1', 'host', 'a']), own].join(' '));
    await stop();
  `);

  const isNew = Number(process.versions.node.split('.')[0]) >= 22;
  expect(stdout).toBe(isNew ? '1,true,8 1,true,8' : '1,false,6 1,true,8');
  expect(events.all('begin', /^GET 127\.0\.0\.1\/inner$/)).toHaveLength(2);
});

test('a request is the task of the one that it was sent for, and its answer comes after what it waited for', async () => {
  const { events, stdout } = await programs.run(`${prelude}
    const inner = await serve(async (request, response) => {
      await pause();
      response.end('inner');
    });
    const outer = await serve(async (request, response) => {
      const both = await Promise.all([get(inner.url + '/a?key=1'), get(inner.url + '/b')]);
      const third = await (await fetch(inner.url + '/c')).text();
      response.end([...both, third].join());
    });
    console.log(await get(outer.url + '/outer?secret=1', { headers: { traceparent: '${parent}' } }));
    await outer.stop();
    await inner.stop();
  `);
  expect(stdout).toBe('inner,inner,inner\n');

  const begun = events.find('begin', /^GET \/outer$/);
  expect(begun.taskId).toBe(task);
  expect(begun.parentEventIds).toEqual(['b7ad6b7169203331']);
  expect(Events.field(begun, 'url.path')).toBe('/outer');

  const sent = (path: string): RegExp => new RegExp(`^GET 127\\.0\\.0\\.1(:\\d+)?/${path}$`);
  // Side by side, and then the third after both.
  expect(events.parentsOf(events.find('begin', sent('a')))).toEqual(['begin GET /outer']);
  expect(events.parentsOf(events.find('begin', sent('b')))).toEqual(['begin GET /outer']);
  expect(events.parentsOf(events.find('begin', sent('c')))).toEqual([
    expect.stringMatching(/^end GET 127.0.0.1:\d+\/a 200$/),
    expect.stringMatching(/^end GET 127.0.0.1:\d+\/b 200$/),
  ]);
  // The other side comes after the request that was sent.
  expect(events.parentsOf(events.find('begin', /^GET \/a$/))).toEqual([
    expect.stringMatching(/^begin GET 127.0.0.1:\d+\/a$/),
  ]);
  const last = events.find('end', /^GET \/outer 200$/);
  expect(events.parentsOf(last)).toEqual([expect.stringMatching(/^end GET 127.0.0.1:\d+\/c 200$/)]);
  expect(Events.field(last, 'operation')).toBe(begun.eventId);
  expect(Events.field(last, 'status')).toBe('ok');
  expect(Events.field(last, 'http.response.status_code')).toBe('200');
});

test('64 requests at once: each event is in the task of its request', async () => {
  const { events, stdout } = await programs.run(`${prelude}
    const inner = await serve(async (request, response) => {
      await pause();
      response.end(request.url);
    });
    const outer = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const ask = [get(inner.url + '/in/' + n), fetch(inner.url + '/in/' + n).then((r) => r.text())];
      await pause();
      response.end((await Promise.all(ask)).join());
    });
    const ask = async (n) =>
      (await fetch(outer.url + '/' + n, { headers: inTask(n + 1) })).text();
    console.log(new Set(await Promise.all(Array.from({ length: 64 }, (_, n) => ask(n)))).size);
    await outer.stop();
    await inner.stop();
  `);
  expect(stdout).toBe('64\n');

  for (let n = 0; n < 64; n++) {
    const own = events.ofTask(n + 1).reports;
    // Two requests, each sent and served, and the one that they were sent for.
    expect(own.map(({ label }) => /\/(\d+)(?: 200)?$/.exec(label)?.[1])).toEqual(
      Array.from({ length: 10 }, () => String(n)),
    );
  }
});

test('a client that goes away, and one that gives up', async () => {
  const { events, stderr } = await programs.run(`${prelude}
    const controller = new AbortController();
    const late = new DOMException('too late', 'TimeoutError');
    let leave;
    const gone = new Promise((resolve) => (leave = resolve));
    const server = await serve((request, response) => {
      response.on('close', leave);
      controller.abort(late);
    });
    await fetch(server.url + '/slow', { signal: controller.signal }).catch((e) => console.error(e.name));
    await gone;
    await server.stop();
  `);

  expect(stderr).toBe('TimeoutError\n');
  const gone = events.find('end', /^GET \/slow cancelled$/);
  expect(Events.field(gone, 'status')).toBe('cancelled');
  expect(Events.field(events.find('end', /^GET 127.*slow cancelled$/), 'status')).toBe('cancelled');
});

test('a request that fails names the error, and the program gets it unchanged', async () => {
  const { events, stdout } = await programs.run(`${prelude}
    const { url, stop } = await serve(() => {});
    await stop();
    await get(url + '/get').catch((error) => console.log(error.code));
    await fetch(url + '/fetch').catch((error) => console.log(error.message, error.cause.code));
  `);

  expect(stdout).toBe('ECONNREFUSED\nfetch failed ECONNREFUSED\n');
  for (const label of [/\/get failed$/, /\/fetch failed$/]) {
    const failed = events.find('end', label);
    expect(Events.field(failed, 'status')).toBe('error');
    expect(Events.field(failed, 'error.type')).toBe('ECONNREFUSED');
  }
});

test('an upgrade is answered', async () => {
  const { events, stdout } = await programs.run(`${prelude}
    const server = http.createServer().on('upgrade', (request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const headers = { Connection: 'Upgrade', Upgrade: 'echo' };
    const request = http.get({ host: '127.0.0.1', port: server.address().port, path: '/chat', headers });
    const [response, socket] = await once(request, 'upgrade');
    console.log(response.statusCode);
    socket.destroy();
    server.close();
  `);

  expect(stdout).toBe('101\n');
  expect(Events.field(events.find('end', /\/chat 101$/), 'status')).toBe('ok');
});

test('an address that cannot be one is said, and the program runs', async () => {
  const { stdout, stderr } = await programs.run(`console.log('ran')`, {
    THROUGHLINE_COLLECTOR: '127.0.0.1:none',
  });

  expect(stdout).toBe('ran\n');
  expect(stderr).toMatch(/^throughline: .*"127\.0\.0\.1:none".* \(TL_ADDRESS_INVALID\)\n$/);
});

test('nobody handles the error of a request: the program ends as it did, and the event is there', async () => {
  const { events, code, stderr } = await programs.run(`${prelude}
    const { url, stop } = await serve(() => {});
    await stop();
    http.get(url + '/get');
  `);

  expect(code).toBe(1);
  expect(stderr).toContain('ECONNREFUSED');
  expect(Events.field(events.find('end', /\/get failed$/), 'error.type')).toBe('ECONNREFUSED');
  expect(events.reports.map(({ label }) => label)).toContain('uncaught exception');
});

test('what a server answers with an error is one of the server only from 500 on', async () => {
  const { events } = await programs.run(`${prelude}
    const { url, stop } = await serve((request, response) => {
      response.writeHead(Number(request.url.slice(1))).end();
    });
    for (const code of [404, 503]) await get(url + '/' + code);
    await stop();
  `);

  const status = (label: RegExp): unknown => Events.field(events.find('end', label), 'status');
  expect(status(/^GET \/404 404$/)).toBe('ok');
  expect(status(/^GET \/503 503$/)).toBe('error');
  expect(status(/^GET 127.0.0.1:\d+\/404 404$/)).toBe('error');
});

describe('headers', () => {
  /** A server that answers with its headers, asked by a name of another network. */
  const program = (headers: string): string => `${prelude}
    const { url, stop } = await serve(({ headers }, response) => {
      response.end([headers.traceparent, headers.tracestate].join());
    });
    const lookup = (host, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    console.log(await get(url, { host: 'api.example.com', lookup, headers: ${headers} }));
    console.log(await get(url, { headers: ${headers} }));
    console.log(await (await fetch(url, { headers: ${headers} })).text());
    await stop();
  `;

  test('go to the own network only', async () => {
    const { stdout } = await programs.run(program('{}'));

    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe(',');
    expect(lines[1]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01,$/);
    expect(lines[2]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01,$/);
  });

  test('go to hosts that are named', async () => {
    const { stdout } = await programs.run(program('{}'), {
      THROUGHLINE_PROPAGATE_TO: 'other.test, *.example.com',
    });

    expect(stdout.split('\n')[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01,$/);
  });

  test('stay where the program sets them', async () => {
    const { stdout } = await programs.run(program(`{ traceparent: '${parent}' }`));

    expect(stdout).toBe(`${parent},\n`.repeat(3));
  });

  test('pass on what other systems have added', async () => {
    const { stdout } = await programs.run(`${prelude}
      const inner = await serve(({ headers }, response) => {
        response.end([headers.traceparent, headers.tracestate].join(' '));
      });
      const outer = await serve(async (request, response) => response.end(await get(inner.url)));
      const headers = { traceparent: '${parent.replace(/01$/, '00')}', tracestate: 'a=1,b=2' };
      console.log(await get(outer.url, { headers }));
      await outer.stop();
      await inner.stop();
    `);

    expect(stdout).toMatch(new RegExp(`^00-${task}-[0-9a-f]{16}-00 a=1,b=2\n$`));
  });

  test.each([
    [
      'as they came',
      `{ traceparent: '${parent}', baggage: 'user=ada;ttl=3, cart = 17' }`,
      'user=ada;ttl=3,cart = 17',
    ],
    ['without a task', `{ baggage: ['a=1', 'b=2'] }`, 'a=1,b=2'],
    [
      'but for what is malformed',
      `{ traceparent: '${parent}', baggage: 'a=1,,nothing,=b,c=\\u00e9' }`,
      'a=1',
    ],
    [
      'unless the program has its own',
      `{ traceparent: '${parent}', baggage: 'a=1', own: 'b=2' }`,
      'b=2',
    ],
  ])('members of baggage go on %s', async (_, sent, expected) => {
    const { stdout, stderr } = await programs.run(`${prelude}
      const inner = await serve(({ headers }, response) => response.end(headers.baggage ?? 'none'));
      const outer = await serve(async ({ headers: { own } }, response) => {
        const headers = own ? { baggage: own } : {};
        response.end(await get(inner.url, { headers }) + ' ' + await (await fetch(inner.url, { headers })).text());
      });
      console.log(await get(outer.url, { headers: ${sent} }));
      await outer.stop();
      await inner.stop();
    `);
    expect(stderr).toBe('');
    expect(stdout).toBe(`${expected} ${expected}\n`);
  });
});

test('a program sees nothing of it', async () => {
  const code = `${prelude}
    const names = (emitter) => emitter.eventNames().map(String).sort().join();
    const { url, stop } = await serve((request, response) => {
      response.end([names(request), response.listenerCount('finish')].join(' '));
    });
    const promise = fetch(url);
    console.log(Object.prototype.toString.call(promise), promise.constructor === Promise);
    const response = await promise;
    console.log(response.constructor.name, response.bodyUsed, await response.text());
    await fetch('http://').catch((error) => console.log(error.name));
    const request = http.get(url, (response) => {
      console.log(names(response), response.readableFlowing);
      response.resume().on('end', stop);
    });
    console.log(request.listenerCount('error'));
    process.on('exit', () => console.log(process.listenerCount('uncaughtException')));
  `;
  const ours = await programs.run(code);
  const plain = await programs.runPlain(code);

  expect(ours.stdout).toBe(plain.stdout);
  expect([ours.code, ours.stderr]).toEqual([plain.code, plain.stderr]);
});

test('a rejection of fetch that nobody handles ends the program as it did', async () => {
  const code = `${prelude}
    const { url, stop } = await serve(() => {});
    await stop();
    process.on('exit', (code) => console.log(code));
    fetch(url);
  `;
  const { stdout } = await programs.runPlain(code);

  expect((await programs.run(code)).stdout).toBe(stdout);
  expect(stdout).toBe('1\n');
});

test.each([
  ['fetch', '(url) => fetch(url).then((response) => response.text())'],
  ['an agent with two connections', '(url) => get(url, { agent })'],
])('%s: requests that share connections have nothing to do with one another', async (_, ask) => {
  const { events, stdout } = await programs.run(`${prelude}
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    const inner = await serve(async (request, response) => {
      await pause();
      response.end('x');
    });
    const ask = ${ask};
    const outer = await serve(async (request, response) => {
      const n = request.url.slice(1);
      await Promise.all([ask(inner.url + '/a' + n), ask(inner.url + '/b' + n)]);
      await ask(inner.url + '/c' + n);
      response.end();
    });
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        Array.from({ length: 8 }, (_, i) => {
          const n = round * 8 + i + 1;
          return get(outer.url + '/' + n, { headers: inTask(n) });
        }),
      );
    }
    agent.destroy();
    await outer.stop();
    await inner.stop();
    console.log('done');
  `);

  expect(stdout).toBe('done\n');
  for (let n = 1; n <= 24; n++) {
    const own = events.ofTask(n);
    // Four requests are served, and three are sent.
    expect(own.reports).toHaveLength(14);
    expect(own.reports.filter((one) => Events.field(one, 'link') !== undefined)).toEqual([]);
    const sent = (phase: 'begin' | 'end', path: string): string[] =>
      own.parentsOf(own.find(phase, new RegExp(`^GET 127.*/${path}${n}( 200)?$`)));
    expect(sent('begin', 'a')).toEqual([`begin GET /${n}`]);
    expect(sent('begin', 'b')).toEqual([`begin GET /${n}`]);
    expect(sent('begin', 'c')).toEqual([
      expect.stringMatching(/^end GET .*\/a\d+ 200$/),
      expect.stringMatching(/^end GET .*\/b\d+ 200$/),
    ]);
  }
});
