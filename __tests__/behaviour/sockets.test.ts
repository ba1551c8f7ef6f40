import { getLocal, register, setLocal } from '@throughline/runtime';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as net from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { call, inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const look = (): string => getLocal(user);
const LOCAL = '127.0.0.1';

const portOf = (server: Server | http2.Http2Server): number =>
  (server.address() as AddressInfo).port;

async function listening<S extends Server | http2.Http2Server>(server: S): Promise<S> {
  server.listen(0, LOCAL);
  await once(server, 'listening');
  return server;
}

/** The user whom a callback of something that the platform calls back sees. */
async function userOf(handOver: (callback: () => void) => unknown): Promise<string> {
  const watch = sentry(look);
  setLocal(user, 'ada');
  const found = await new Promise<string>((resolve) => {
    setLocal(user, 'cleo');
    handOver(() => {
      resolve(getLocal(user));
      setLocal(user, 'eve');
    });
    setLocal(user, 'bob');
  });
  const leaked = watch.stop();
  expect(getLocal(user)).toBe('bob');
  expect(new Set(leaked)).toEqual(new Set(['nobody']));
  return found;
}

describe('net', () => {
  let server: net.Server;
  const sockets: net.Socket[] = [];
  beforeEach(async () => {
    server = await listening(net.createServer((socket) => void sockets.push(socket)));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });

  test('server.listen and server.close call where they were called', async () => {
    const own = net.createServer();
    expect(await userOf((callback) => own.listen(0, LOCAL, callback))).toBe('cleo');
    expect(await userOf((callback) => own.close(callback))).toBe('cleo');
    expect(await userOf((callback) => own.listen({ port: 0, host: LOCAL }, callback))).toBe('cleo');
    expect(await userOf((callback) => own.close(() => callback()))).toBe('cleo');
  });

  test('close of a server that does not run tells its callback', async () => {
    const error = await new Promise((resolve) => net.createServer().close(resolve));

    expect(error).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
  });

  test('a listener of createServer runs where it was made', async () => {
    let own: net.Server | undefined;
    const found = await userOf((callback) => {
      own = net.createServer((socket) => {
        callback();
        socket.destroy();
      });
      own.listen(0, LOCAL, () => net.connect(portOf(own!), LOCAL));
    });
    await new Promise((resolve) => own!.close(resolve));

    expect(found).toBe('cleo');
  });

  test('connect and createConnection call where they were called', async () => {
    const open: net.Socket[] = [];
    const found = [
      await userOf((callback) => open.push(net.connect(portOf(server), LOCAL, callback))),
      await userOf((callback) =>
        open.push(net.createConnection({ port: portOf(server), host: LOCAL }, callback)),
      ),
      await userOf((callback) =>
        open.push(new net.Socket().connect(portOf(server), LOCAL, callback)),
      ),
    ];
    for (const socket of open) socket.destroy();

    expect(found).toEqual(['cleo', 'cleo', 'cleo']);
  });

  test('the listener of connect can be seen and removed as the one that was given', async () => {
    const calls: string[] = [];
    const listener = (): void => void calls.push('connected');
    const byFunction = net.connect(portOf(server), LOCAL, listener);
    expect(byFunction.listeners('connect')).toEqual([listener]);
    byFunction.off('connect', listener);
    await once(byFunction, 'connect');
    byFunction.destroy();

    const byMethod = new net.Socket().connect(portOf(server), LOCAL, listener);
    expect(byMethod.listeners('connect')).toEqual([listener]);
    byMethod.off('connect', listener);
    await once(byMethod, 'connect');
    byMethod.destroy();

    expect(calls).toEqual([]);
  });

  test('the listener of listen can be seen and removed as the one that was given', async () => {
    const listener = (): void => {
      throw new Error('it was removed');
    };
    const own = net.createServer();
    own.listen(0, LOCAL, listener);
    expect(own.listeners('listening')).toEqual([listener]);
    own.off('listening', listener);
    await once(own, 'listening');
    await new Promise((resolve) => own.close(resolve));
  });

  test('a callback is seen by its name, async or not, declared before or after', async () => {
    const seen: Record<string, string> = {};
    const socket = net.connect(portOf(server), LOCAL);
    await new Promise<void>((resolve) => {
      setLocal(user, 'cleo');
      const plain = () => void (seen['plain'] = look());
      const arrow = async () => void (seen['arrow'] = look());
      const typed = (async () => void (seen['typed'] = look())) as () => void;
      const expression = async function () {
        seen['expression'] = look();
      };
      const waiting = async () => {
        await null;
        seen['waiting'] = look();
      };
      socket.write('a', plain);
      socket.write('b', arrow);
      socket.write('c', typed);
      socket.write('d', expression);
      socket.write('e', waiting);
      socket.write('f', declared);
      socket.end('g', async () => {
        seen['inline'] = look();
        await inImmediate(() => {});
        resolve();
      });
      async function declared() {
        seen['declared'] = look();
      }
    });

    socket.destroy();

    const forms = ['arrow', 'declared', 'expression', 'inline', 'plain', 'typed', 'waiting'];
    expect(seen).toEqual(Object.fromEntries(forms.map((form) => [form, 'cleo'])));
  });

  test('socket.setTimeout calls where it was called', async () => {
    const socket = net.connect(portOf(server), LOCAL);
    expect(await userOf((callback) => socket.setTimeout(5, callback))).toBe('cleo');
    socket.destroy();
  });

  test('socket.setTimeout(0, f) takes f away', async () => {
    const socket = net.connect(portOf(server), LOCAL);
    const timedOut = (): void => {};
    socket.setTimeout(5, timedOut);
    expect(socket.listeners('timeout')).toEqual([timedOut]);
    socket.setTimeout(0, timedOut);

    expect(socket.listenerCount('timeout')).toBe(0);
    socket.destroy();
  });

  test('socket.setTimeout(0, f) takes f away when the time is in a variable', async () => {
    const socket = net.connect(portOf(server), LOCAL);
    const timedOut = (): void => {};
    const never = 0;
    socket.setTimeout(5, timedOut);
    socket.setTimeout(never, timedOut);

    expect(socket.listenerCount('timeout')).toBe(0);
    socket.destroy();
  });

  test('end, write and destroySoon of a socket call where they were called', async () => {
    const socket = net.connect(portOf(server), LOCAL);
    expect(await userOf((callback) => socket.write('a', callback))).toBe('cleo');
    expect(await userOf((callback) => socket.end(callback))).toBe('cleo');
    socket.destroy();
  });

  test('server.getConnections calls where it was called', async () => {
    expect(await userOf((callback) => server.getConnections(callback))).toBe('cleo');
  });
});

describe('http', () => {
  let server: http.Server;
  const handled: string[] = [];
  beforeEach(async () => {
    handled.length = 0;
    setLocal(user, 'server');
    server = http.createServer((request, response) => {
      handled.push(getLocal(user));
      setLocal(user, `request ${request.url}`);
      response.end('ok');
    });
    await listening(server);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const url = (path = '/'): string => `http://${LOCAL}:${portOf(server)}${path}`;
  const closed = { agent: false } as const;

  test('http.get and http.request call where they were called', async () => {
    expect(
      await userOf((callback) =>
        http.get(url(), closed, (response) => {
          response.resume();
          callback();
        }),
      ),
    ).toBe('cleo');
    expect(
      await userOf((callback) =>
        http
          .request(url(), closed, (response) => {
            response.resume();
            callback();
          })
          .end(),
      ),
    ).toBe('cleo');
    expect(
      await userOf((callback) =>
        new http.ClientRequest(url(), (response) => {
          response.resume();
          callback();
        }).end(),
      ),
    ).toBe('cleo');
  });

  test('a handler runs where the server was made, every time afresh', async () => {
    for (const path of ['/a', '/b']) {
      await new Promise((resolve) =>
        http.get(url(path), closed, (response) => response.resume().on('end', resolve)),
      );
    }

    expect(handled).toEqual(['server', 'server']);
  });

  test('the listener of get can be seen and removed as the one that was given', async () => {
    const calls: string[] = [];
    const listener = (): void => void calls.push('called');
    const request = http.get(url(), closed, listener);
    expect(request.listeners('response')).toEqual([listener]);
    request.off('response', listener);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');

    expect(calls).toEqual([]);
  });

  test('the handler of a server can be seen and replaced', () => {
    const handler = (): void => {};
    const own = http.createServer(handler);
    expect(own.listeners('request')).toEqual([handler]);
    call(() => own.off('request', handler));

    expect(own.listenerCount('request')).toBe(0);
  });

  test('a handler sees the server as `this`', async () => {
    const found = await new Promise<unknown>((resolve) => {
      const own = http.createServer(function (this: unknown, _request, response) {
        response.end();
        own.close();
        resolve(this === own);
      });
      own.listen(0, LOCAL, () => http.get({ port: portOf(own), host: LOCAL, agent: false }));
    });

    expect(found).toBe(true);
  });

  test('response.write and response.end call where they were called', async () => {
    const found: string[] = [];
    const own = await listening(
      http.createServer(async (_request, response) => {
        found.push(await userOf((callback) => response.write('a', callback)));
        found.push(await userOf((callback) => response.end(callback)));
      }),
    );
    await new Promise((resolve) =>
      http.get({ port: portOf(own), host: LOCAL, agent: false }, (response) =>
        response.resume().on('end', resolve),
      ),
    );
    await new Promise((resolve) => own.close(resolve));

    expect(found).toEqual(['cleo', 'cleo']);
  });

  test('request.setTimeout calls where it was called', async () => {
    const silent = await listening(net.createServer((socket) => socket.resume()));
    const request = http.get({
      port: portOf(silent),
      host: LOCAL,
      agent: false,
    });
    request.on('error', () => {});
    expect(await userOf((callback) => request.setTimeout(5, callback))).toBe('cleo');
    request.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('http2', () => {
  test('connect, the handler, ping and close call where they were called', async () => {
    const found: Record<string, string> = {};
    setLocal(user, 'server');
    const server = http2.createServer((_request, response) => {
      found['handler'] = getLocal(user);
      response.end('ok');
    });
    await listening(server);
    let session: http2.ClientHttp2Session | undefined;
    found['connect'] = await userOf((callback) => {
      session = http2.connect(`http://${LOCAL}:${portOf(server)}`, () => callback());
    });
    found['ping'] = await userOf((callback) => session!.ping(callback));
    found['settings'] = await userOf((callback) => session!.settings({}, callback));
    const request = session!.request({ ':path': '/' });
    request.resume();
    await once(request, 'end');
    found['close'] = await userOf((callback) => session!.close(callback));
    await new Promise((resolve) => server.close(resolve));

    expect(found).toEqual({
      ...{
        handler: 'server',
        connect: 'cleo',
        ping: 'cleo',
        settings: 'cleo',
        close: 'cleo',
      },
    });
  });
});

describe('dgram', () => {
  test('createSocket, bind, send and close call where they were called', async () => {
    const found: Record<string, string> = {};
    let receiver: dgram.Socket | undefined;
    const sender = dgram.createSocket('udp4');
    const message = userOf((callback) => {
      receiver = dgram.createSocket('udp4', callback);
    });
    found['bind'] = await new Promise<string>((resolve) => {
      receiver!.bind(0, LOCAL, () => resolve(getLocal(user)));
    });
    const { port } = receiver!.address();
    found['send'] = await userOf((callback) => sender.send('a', port, LOCAL, callback));
    found['message'] = await message;
    found['close'] = await userOf((callback) => sender.close(callback));
    await new Promise<void>((resolve) => receiver!.close(resolve));

    expect(found).toMatchObject({
      send: 'cleo',
      message: 'cleo',
      close: 'cleo',
    });
    expect(await inImmediate(look)).toBe('nobody');
  });
});
