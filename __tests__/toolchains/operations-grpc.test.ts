// Calls of gRPC as operations, on both sides, with the real package. The program adds no interceptor.
import { Events } from '../operations/program';
import type { Finished } from '../operations/program';
import { programsWith } from './traced';

const programs = programsWith(['@grpc/grpc-js@1.14.7']);

const START = `
  import grpc from '@grpc/grpc-js';
  import { log } from '@throughline/runtime/xtrace';
  const json = {
    requestSerialize: (value) => Buffer.from(JSON.stringify(value)),
    requestDeserialize: (bytes) => JSON.parse(bytes),
    responseSerialize: (value) => Buffer.from(JSON.stringify(value)),
    responseDeserialize: (bytes) => JSON.parse(bytes),
  };
  const method = (name, requestStream, responseStream) => ({
    ...{ path: '/shop.Carts/' + name, originalName: name, requestStream, responseStream },
    ...json,
  });
  const service = {
    Find: method('Find', false, false),
    Sum: method('Sum', true, false),
    List: method('List', false, true),
    Talk: method('Talk', true, true),
  };
  async function serveGrpc(handlers, options = {}, serverOptions = {}) {
    const server = new grpc.Server(serverOptions);
    server.addService(service, handlers);
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', credentials, (failed, port) => (failed ? reject(failed) : resolve(port))),
    );
    const Client = grpc.makeGenericClientConstructor(service, 'Carts');
    const client = new Client('127.0.0.1:' + port, grpc.credentials.createInsecure(), options);
    const stopGrpc = () => (client.close(), server.forceShutdown());
    const find = (...args) =>
      new Promise((resolve, reject) =>
        client.Find(...args, (failed, value) => (failed ? reject(failed) : resolve(value))),
      );
    return { client, find, stopGrpc };
  }
`;

const run = (code: string, env?: Record<string, string>): Promise<Finished> =>
  programs(START + code, env);

test('unary calls run side by side, reach their handlers, and are joined', async () => {
  const { events, stdout, stderr } = await run(`
    const { find, stopGrpc } = await serveGrpc({
      async Find({ request, metadata }, callback) {
        log('work ' + request.id);
        await pause();
        log('done ' + request.id);
        callback(null, { id: request.id, own: metadata.get('own')[0] });
      },
    });
    const metadata = new grpc.Metadata();
    metadata.set('own', 'kept');
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const both = await Promise.all([find({ id: 'a' + n }, metadata), find({ id: 'b' + n })]);
      const last = await find({ id: 'c' + n });
      response.end([...both, last].map(({ id, own }) => id + own).join());
    });
    const all = await Promise.all([1, 2, 3, 4].map((n) => get(url + '/' + n, { headers: inTask(n) })));
    process.stdout.write(all.join(' ') + Object.keys(metadata.getMap()));
    await stop();
    stopGrpc();
  `);

  const answers = [1, 2, 3, 4].map((n) => `a${n}kept,b${n}undefined,c${n}undefined`).join(' ');
  expect({ stdout, stderr }).toEqual({ stdout: `${answers}own`, stderr: '' });
  for (let n = 1; n <= 4; n++) {
    const own = events.ofTask(n);
    const called = own.all('begin', /^shop\.Carts\/Find$/);
    const [clients, servers] = ['client', 'server'].map((kind) =>
      called.filter((one) => Events.field(one, 'kind') === kind),
    );
    expect(clients!.map((one) => own.parentsOf(one))).toEqual([
      [`begin GET /${n}`],
      [`begin GET /${n}`],
      ['end shop.Carts/Find ended', 'end shop.Carts/Find ended'],
    ]);
    expect(servers).toHaveLength(3);
    for (const one of servers!) expect(own.parentsOf(one)).toEqual(['begin shop.Carts/Find']);
    for (const name of ['a', 'b', 'c']) {
      const work = own.reports.find(({ label }) => label === `work ${name}${n}`)!;
      expect(own.parentsOf(work)).toEqual(['begin shop.Carts/Find']);
    }
    // That of the server comes after its work, and that of the client after it.
    expect(
      own
        .all('end', /^shop/)
        .map((one) => own.parentsOf(one).join())
        .sort(),
    ).toEqual([
      ...['end shop.Carts/Find ended', 'end shop.Carts/Find ended', 'end shop.Carts/Find ended'],
      ...[`event done a${n}`, `event done b${n}`, `event done c${n}`],
    ]);
    expect(own.parentsOf(own.find('end', /^GET/))).toEqual(['end shop.Carts/Find ended']);
  }
});

test('a call that fails, one that is cancelled, and one whose deadline passes', async () => {
  const { events, stdout } = await run(`
    const { client, find, stopGrpc } = await serveGrpc({
      Find({ request }, callback) {
        if (request.id === 1) callback({ code: grpc.status.NOT_FOUND, details: 'no cart' });
      },
    });
    const { url, stop } = await serve(async (request, response) => {
      const codes = [];
      await find({ id: 1 }).catch(({ code }) => codes.push(code));
      await find({ id: 2 }, new grpc.Metadata(), { deadline: Date.now() + 300 }).catch(({ code }) => codes.push(code));
      await new Promise((resolve) => {
        const call = client.Find({ id: 3 }, ({ code }) => resolve(codes.push(code)));
        setTimeout(() => call.cancel(), 50);
      });
      response.end(codes.join());
    });
    process.stdout.write(await get(url + '/1', { headers: inTask(1) }));
    await stop();
    stopGrpc();
  `);

  expect(stdout).toBe('5,4,1');
  const ends = events
    .all('end', /^shop/)
    .map((one) => [one.label, Events.field(one, 'rpc.response.status_code')].join(' '));
  expect(ends.slice(0, 2)).toEqual([
    'shop.Carts/Find failed NOT_FOUND',
    'shop.Carts/Find failed NOT_FOUND',
  ]);
  expect(ends).toContain('shop.Carts/Find cancelled DEADLINE_EXCEEDED');
  expect(
    ends.filter((one) => one === 'shop.Carts/Find cancelled CANCELLED').length,
  ).toBeGreaterThan(1);
});

test('streams of all kinds', async () => {
  const { events, stdout, stderr } = await run(`
    const { client, stopGrpc } = await serveGrpc({
      Sum(call, callback) {
        let sum = 0;
        call.on('data', (n) => (sum += n)).on('end', async () => {
          await pause();
          log('summed');
          callback(null, sum);
        });
      },
      async List(call) {
        for (let i = 0; i < call.request; i++) {
          await pause();
          call.write(i);
        }
        log('listed');
        call.end();
      },
      Talk(call) {
        call.on('data', (n) => call.write(n * 2)).on('end', () => call.end());
      },
    });
    const read = async (stream) => {
      const all = [];
      for await (const one of stream) all.push(one);
      return all.join('');
    };
    const { url, stop } = await serve(async (request, response) => {
      const sum = await new Promise((resolve, reject) => {
        const call = client.Sum((failed, value) => (failed ? reject(failed) : resolve(value)));
        for (const n of [1, 2, 3]) call.write(n);
        call.end();
      });
      const list = await read(client.List(3));
      const talk = client.Talk();
      for (const n of [1, 2]) talk.write(n);
      talk.end();
      response.end([sum, list, await read(talk)].join());
    });
    process.stdout.write(await get(url + '/1', { headers: inTask(1) }));
    await stop();
    stopGrpc();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '6,012,24', stderr: '' });
  for (const name of ['Sum', 'List', 'Talk']) {
    expect(events.all('begin', new RegExp(`^shop.Carts/${name}$`))).toHaveLength(2);
    const [inner, outer] = events.all('end', new RegExp(`^shop.Carts/${name} ended$`));
    const last = name === 'Sum' ? [] : [`event receive shop.Carts/${name}`];
    expect(events.parentsOf(outer!)).toEqual([`end shop.Carts/${name} ended`, ...last]);
    expect(inner!.taskId).toBe('0000000000000001');
  }
  const [summed] = events.all('end', /^shop.Carts\/Sum ended$/);
  expect(events.parentsOf(summed!)).toEqual(['event summed']);
  const [listed] = events.all('end', /^shop.Carts\/List ended$/);
  expect(events.parentsOf(listed!)).toEqual(['event listed', 'event send shop.Carts/List']);
});

test('each message of a stream comes after the code that has sent it, in both directions', async () => {
  const { events, stdout, stderr } = await run(`
    const { client, stopGrpc } = await serveGrpc({
      Sum(call, callback) {
        let sum = 0;
        call.on('data', (n) => (log('add ' + n), (sum += n))).on('end', () => (log('all'), callback(null, sum)));
      },
      async List(call) {
        for (let i = 0; i < call.request; i++) {
          await pause();
          log('found ' + i);
          call.write(i);
        }
        call.end();
      },
      async Talk(call) {
        // A loop would destroy the call when it is over.
        for await (const n of call.iterator({ destroyOnReturn: false })) {
          log('asked ' + n);
          await pause();
          log('answer ' + n);
          call.write(n);
        }
        call.end();
      },
    });
    const { url, stop } = await serve(async (request, response) => {
      const n = request.url.slice(1);
      const sum = await new Promise((resolve, reject) => {
        const call = client.Sum((failed, value) => (failed ? reject(failed) : resolve(value)));
        // All but the first wait in the stream.
        const write = async (m) => {
          if (m > 1) await pause();
          log('give ' + m);
          call.write(m);
        };
        Promise.all([write(1), write(2)]).then(() => call.end(3));
      });
      let list = '';
      for await (const one of client.List(2)) {
        log('got ' + one);
        list += one;
      }
      log('listed');
      const talk = client.Talk();
      talk.on('data', (m) => log('heard ' + m));
      for (const m of [1, 2]) {
        log('ask ' + m);
        talk.write(m);
      }
      talk.end();
      await new Promise((resolve) => talk.on('end', resolve));
      response.end([sum, list, n].join());
    });
    process.stdout.write((await Promise.all([1, 2].map((n) => get(url + '/' + n, { headers: inTask(n) })))).join(' '));
    await stop();
    stopGrpc();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '6,01,1 6,01,2', stderr: '' });
  for (const n of [1, 2]) {
    const own = events.ofTask(n);
    const parentsOf = (label: string): string[] =>
      own.parentsOf(own.reports.find((one) => one.label === label)!);
    const messages = (label: string): string[] =>
      own.reports
        .filter((one) => one.label === label)
        .sort(
          (a, b) =>
            Number(Events.field(a, 'rpc.message.id')) - Number(Events.field(b, 'rpc.message.id')),
        )
        .map((one) => own.parentsOf(one).join());
    expect(messages('send shop.Carts/Sum')).toEqual([
      'begin shop.Carts/Sum,event give 1',
      'event give 2,event send shop.Carts/Sum',
      'event send shop.Carts/Sum',
    ]);
    expect(messages('receive shop.Carts/Sum')).toEqual([
      'begin shop.Carts/Sum,event send shop.Carts/Sum',
      'event receive shop.Carts/Sum,event send shop.Carts/Sum',
      'event receive shop.Carts/Sum,event send shop.Carts/Sum',
    ]);
    for (const m of [1, 2, 3])
      expect(parentsOf(`add ${m}`)).toEqual(['event receive shop.Carts/Sum']);
    expect(parentsOf('all')).toEqual(['event receive shop.Carts/Sum']);
    expect(parentsOf('got 0')).toEqual(['event receive shop.Carts/List']);
    expect(parentsOf('got 1')).toEqual(['event got 0', 'event receive shop.Carts/List']);
    expect(parentsOf('asked 1')).toEqual(['event receive shop.Carts/Talk']);
    expect(messages('send shop.Carts/Talk')).toHaveLength(4);
    for (const m of [1, 2])
      expect(parentsOf(`heard ${m}`)).toEqual(['event receive shop.Carts/Talk']);
  }
});

test('a stream that several requests share is of the task that has opened it, and links to those that write to it', async () => {
  const { events, stdout, stderr } = await run(`
    const { client, stopGrpc } = await serveGrpc(
      { Talk: (call) => void call.on('data', (n) => (log('heard ' + n), call.write(n))).on('end', () => call.end()) },
      {
        interceptors: [
          (options, nextCall) =>
            new grpc.InterceptingCall(nextCall(options), {
              sendMessage: async (message, next) => (await pause(), next(message)),
            }),
        ],
      },
    );
    let talk, answered;
    const { url, stop } = await serve(async (request, response) => {
      const n = Number(request.url.slice(1));
      talk ??= client.Talk().on('data', (m) => answered(m));
      log('ask ' + n);
      const answer = new Promise((resolve) => (answered = resolve));
      talk.write(n);
      response.end(String(await answer));
    });
    for (const n of [1, 2]) process.stdout.write(await get(url + '/' + n, { headers: inTask(n) }));
    talk.end();
    await once(talk, 'end');
    await stop();
    stopGrpc();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '12', stderr: '' });
  const [first, second] = [1, 2].map((n) => events.ofTask(n));
  const sent = first!.reports.filter(({ label }) => label === 'send shop.Carts/Talk');
  const link = second!.reports.find(({ label }) => label === 'ask 2')!;
  const links = sent.map((one) => Events.field(one, 'link'));
  expect(links).toContain(`${link.taskId.padStart(32, '0')}/${link.eventId}`);
  const heard = first!.reports.find(({ label }) => label === 'heard 2')!;
  expect(first!.parentsOf(heard)).toEqual(['event receive shop.Carts/Talk']);
});

test.each([undefined, 'link'])(
  'a server that answers early gets all messages, and their end belongs to the call (messages: %s)',
  async (policy) => {
    const { events, stdout, stderr } = await run(
      `
      const { client, stopGrpc } = await serveGrpc({
        Sum(call, callback) {
          call.sendMetadata(new grpc.Metadata());
          let sum = 0;
          call.on('data', (n) => (log('add ' + n), (sum += n))).on('end', () => (log('all'), callback(null, sum)));
        },
      });
      const { url, stop } = await serve(async (request, response) => {
        const sum = await new Promise((resolve, reject) => {
          const call = client.Sum((failed, value) => (failed ? reject(failed) : resolve(value)));
          call.on('metadata', async ({ internalRepr }) => {
            console.log([...internalRepr.keys()].filter((key) => key.startsWith('throughline')));
            for (const n of [1, 2]) call.write(n);
            call.end();
          });
        });
        response.end(String(sum));
      });
      process.stdout.write(await get(url + '/1', { headers: inTask(1) }));
      await stop();
      stopGrpc();
    `,
      policy === undefined ? {} : { THROUGHLINE_MESSAGES: policy },
    );

    expect({ stdout, stderr }).toEqual({ stdout: '[]\n3', stderr: '' });
    const own = events.ofTask(1);
    const parentsOf = (label: string): string[] =>
      own.parentsOf(own.reports.find((one) => one.label === label)!);
    expect(own.reports.filter(({ label }) => label === 'send shop.Carts/Sum')).toHaveLength(2);
    expect(parentsOf('all')).toEqual(['event receive shop.Carts/Sum']);
    const added = own.reports.filter(({ label }) => label.startsWith('add'));
    expect(added).toHaveLength(policy === 'link' ? 0 : 2);
  },
);

test('of a long stream, the first thousand messages are events', async () => {
  const { events, stdout, stderr } = await run(`
    const { client, stopGrpc } = await serveGrpc({
      List(call) {
        for (let i = 0; i < call.request; i++) call.write(i);
        call.end();
      },
    });
    let sum = 0;
    for await (const one of client.List(1500)) sum += one;
    process.stdout.write(String(sum));
    stopGrpc();
  `);

  expect({ stdout, stderr }).toEqual({ stdout: String((1499 * 1500) / 2), stderr: '' });
  for (const label of ['send shop.Carts/List', 'receive shop.Carts/List']) {
    expect(events.reports.filter((one) => one.label === label)).toHaveLength(1000);
  }
});

test.each([
  ['those of the program', '[own]', '[ownOfServer]'],
  ['ours, which the program has added', '[clientInterceptor]', '[serverInterceptor]'],
  ['both', '[own, clientInterceptor]', '[ownOfServer, serverInterceptor]'],
])('beside interceptors: %s', async (_, interceptors, ofServer) => {
  const { events, stdout, stderr } = await run(`
    import { clientInterceptor, serverInterceptor } from '@throughline/runtime/grpc';
    const own = (options, nextCall) =>
      new grpc.InterceptingCall(nextCall(options), {
        start: (metadata, listener, next) => {
          metadata.set('own', 'mine');
          setTimeout(() => next(metadata, listener), 2);
        },
      });
    const ownOfServer = (method, call) => new grpc.ServerInterceptingCall(call, {});
    const { find, stopGrpc } = await serveGrpc(
      {
        async Find({ metadata }, callback) {
          log('work');
          await pause();
          log('done');
          callback(null, String(metadata.get('own')));
        },
      },
      { interceptors: ${interceptors} },
      { interceptors: ${ofServer} },
    );
    const { url, stop } = await serve(async (request, response) => {
      const found = await find({ id: 1 });
      log('found');
      response.end(found);
    });
    process.stdout.write(await get(url + '/1', { headers: inTask(1) }));
    await stop();
    stopGrpc();
  `);

  expect({ stdout, stderr }).toEqual({
    stdout: interceptors.includes('own') ? 'mine' : '',
    stderr: '',
  });
  const event = (name: string) => events.reports.find(({ label }) => label === name)!;
  const [called] = events.all('begin', /^shop/);
  expect(events.parentsOf(called!)).toEqual(['begin GET /1']);
  expect(events.parentsOf(event('work'))).toEqual(['begin shop.Carts/Find']);
  const [inner, outer] = events.all('end', /^shop.Carts\/Find ended$/);
  expect(events.parentsOf(inner!)).toEqual(['event done']);
  expect(outer!.parentEventIds).toEqual([inner!.eventId]);
  expect(events.parentsOf(event('found'))).toEqual(['end shop.Carts/Find ended']);
});

test('a call that is tried again, and one that is sent twice for speed, are one operation each', async () => {
  const { events, stdout, stderr } = await run(`
    const policies = {
      again: {
        retryPolicy: {
          ...{ maxAttempts: 3, initialBackoff: '0.01s', maxBackoff: '0.1s', backoffMultiplier: 1 },
          retryableStatusCodes: ['UNAVAILABLE'],
        },
      },
      twice: { hedgingPolicy: { maxAttempts: 2, hedgingDelay: '0.05s' } },
    };
    const seen = { again: 0, twice: 0 };
    const answers = [];
    for (const [name, policy] of Object.entries(policies)) {
      const { find, stopGrpc } = await serveGrpc(
        {
          Find({ request }, callback) {
            const attempt = ++seen[request.id];
            log(request.id + ' ' + attempt);
            if (request.id === 'again' && attempt === 1) {
              return callback({ code: grpc.status.UNAVAILABLE, details: 'not yet' });
            }
            // The first of two is never answered.
            if (request.id === 'twice' && attempt === 1) return;
            callback(null, attempt);
          },
        },
        {
          'grpc.service_config': JSON.stringify({
            methodConfig: [{ name: [{ service: 'shop.Carts' }], ...policy }],
          }),
        },
      );
      const { url, stop } = await serve(async (request, response) => {
        const answer = await find({ id: name });
        log(name + ' answered');
        response.end(String(answer));
      });
      answers.push(await get(url + '/' + name, { headers: inTask(name === 'again' ? 1 : 2) }));
      await stop();
      stopGrpc();
    }
    process.stdout.write(answers.join());
  `);

  expect({ stdout, stderr }).toEqual({ stdout: '2,2', stderr: '' });
  for (const [n, name] of [
    [1, 'again'],
    [2, 'twice'],
  ] as const) {
    const own = events.ofTask(n);
    const event = (label: string) => own.reports.find((one) => one.label === label)!;
    const begun = own.all('begin', /^shop/);
    const called = begun.filter((one) => Events.field(one, 'kind') === 'client');
    const served = begun.filter((one) => Events.field(one, 'kind') === 'server');
    expect([called.length, served.length]).toEqual([1, 2]);
    for (const one of served) expect(one.parentEventIds).toEqual([called[0]!.eventId]);
    // What follows comes after the attempt that was answered.
    const [end] = own
      .all('end', /^shop/)
      .filter((one) => Events.field(one, 'operation') === called[0]!.eventId);
    const [answering] = own
      .all('end', /^shop/)
      .filter((one) => one.parentEventIds.includes(event(`${name} 2`).eventId));
    expect(end!.parentEventIds).toEqual([answering!.eventId]);
    expect(own.parentsOf(event(`${name} answered`))).toEqual(['end shop.Carts/Find ended']);
  }
});

test('`baggage` goes on in the metadata, that of the program and that of others', async () => {
  const { stdout, stderr } = await run(`
    import { register } from '@throughline/runtime/baggage';
    const tenants = register('tenants', 'set');
    const { find, stopGrpc } = await serveGrpc({
      Find({ metadata }, callback) {
        callback(null, { sent: metadata.get('baggage'), tenants: [...tenants.get()] });
      },
    });
    const { url, stop } = await serve(async (request, response) => {
      tenants.add('ada');
      response.end(JSON.stringify(await find({ id: 1 })));
    });
    process.stdout.write(await get(url + '/1', { headers: { ...inTask(1), baggage: 'user=7;p' } }));
    await stop();
    stopGrpc();
  `);

  expect(stderr).toBe('');
  const { sent, tenants } = JSON.parse(stdout) as { sent: string[]; tenants: string[] };
  expect(tenants).toEqual(['ada']);
  expect(sent.join()).toMatch(/user=7;p/);
  expect(sent.join()).toMatch(/tenants=ada/);
});
