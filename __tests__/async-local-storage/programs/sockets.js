import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import * as dgram from 'node:dgram';
import * as dns from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';

const a = new AsyncLocalStorage();
const host = '127.0.0.1';

/** Listens on a port of the machine's choice, in no store. */
async function listening(server) {
  server.listen(0, host);
  await once(server, 'listening');
  return server.address().port;
}

const closed = (server) => new Promise((resolve) => server.close(resolve));

/** A key and a certificate for this machine, signed by nobody else. */
function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}

export const programs = {
  'http: a request in a run': async (log) => {
    const server = http.createServer((request, response) => {
      log('server', request.url, a.getStore());
      response.end('answer');
    });
    const port = await listening(server);
    await a.run('ada', async () => {
      const text = await new Promise((resolve, reject) => {
        const request = http.get({ host, port, path: '/a', agent: false }, (response) => {
          log('response', a.getStore());
          let body = '';
          response.on('data', (chunk) => (log('data', a.getStore()), (body += chunk)));
          response.on('end', () => (log('end', a.getStore()), resolve(body)));
        });
        request.on('socket', () => log('socket', a.getStore()));
        request.on('finish', () => log('finish', a.getStore()));
        request.on('error', reject);
      });
      log(text, a.getStore());
    });
    await closed(server);
    log('outside', a.getStore());
  },

  'http: an agent that keeps its sockets alive, one request after the other': async (log) => {
    const server = http.createServer((request, response) => {
      a.run(`server of ${request.url}`, () => {
        setImmediate(() => {
          log('server', a.getStore());
          response.end('answer');
        });
      });
    });
    const port = await listening(server);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set();
    const get = (path) =>
      new Promise((resolve, reject) => {
        const request = http.get({ host, port, path, agent }, (response) => {
          log('response', path, a.getStore());
          sockets.add(response.socket);
          response.on('data', () => log('data', path, a.getStore()));
          response.on('end', () => log('end', path, a.getStore()));
          response.on('close', () => (log('close', path, a.getStore()), resolve()));
        });
        request.on('error', reject);
      });
    for (const name of ['ada', 'bob', 'cleo']) {
      await a.run(name, async () => {
        await get(`/${name}`);
        log('after', a.getStore());
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    log('sockets', sockets.size);
    agent.destroy();
    await closed(server);
  },

  'http: requests that wait for the one socket of an agent': async (log) => {
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => response.end(request.url));
    });
    const port = await listening(server);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const get = (name) =>
      new Promise((resolve, reject) => {
        const options = { host, port, path: `/${name}`, agent, method: 'POST' };
        const request = http.request(options, (response) => {
          const seen = [a.getStore()];
          response.on('data', () => seen.push(a.getStore()));
          response.on('end', () => resolve([...seen, a.getStore()].join()));
        });
        request.on('error', reject);
        request.end('body');
      });
    const seen = await Promise.all(
      ['ada', 'bob', 'cleo'].map((name) => a.run(name, () => get(name))),
    );
    for (const one of seen) log(one);
    agent.destroy();
    await closed(server);
  },

  'http: a run around the work of each request': async (log) => {
    const server = http.createServer((request, response) => {
      a.run(request.url, async () => {
        const parts = [];
        for await (const part of request) parts.push(part);
        await new Promise((resolve) => setImmediate(resolve));
        response.on('finish', () => log('finish', a.getStore()));
        response.end(`${Buffer.concat(parts)} ${a.getStore()}`);
      });
    });
    const port = await listening(server);
    for (const path of ['/a', '/b']) {
      const request = http.request({ host, port, path, method: 'POST', agent: false });
      request.end('body');
      const [response] = await once(request, 'response');
      let body = '';
      for await (const part of response) body += part;
      log(body);
    }
    await closed(server);
  },

  'http: a request that fails': async (log) => {
    const server = net.createServer((socket) => socket.destroy());
    const port = await listening(server);
    await a.run('ada', async () => {
      await new Promise((resolve) => {
        const request = http.get({ host, port, agent: false }, () => log('never'));
        request.on('error', (error) => (log(error.code, a.getStore()), resolve()));
      });
      log('after', a.getStore());
    });
    await closed(server);
  },

  'http: a body that takes several writes, and its callbacks': async (log) => {
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const port = await listening(server);
    await a.run('ada', async () => {
      const request = http.request({ host, port, method: 'POST', agent: false });
      await new Promise((resolve) => {
        request.write('a', () => log('written', a.getStore()));
        request.end('b', () => (log('ended', a.getStore()), resolve()));
      });
      const [response] = await once(request, 'response');
      response.resume();
      await once(response, 'end');
      log('after', a.getStore());
    });
    await closed(server);
  },

  'fetch-like code over streams of a response': async (log) => {
    const server = http.createServer((_, response) => {
      response.write('one ');
      setImmediate(() => response.end('two'));
    });
    const port = await listening(server);
    await a.run('ada', async () => {
      const request = http.get({ host, port, agent: false });
      const [response] = await once(request, 'response');
      log('response', a.getStore());
      response.setEncoding('utf8');
      let body = '';
      for await (const part of response) body += part;
      log(body, a.getStore());
    });
    await closed(server);
  },

  'net: both ends': async (log) => {
    const server = net.createServer((socket) => {
      log('connection', a.getStore());
      socket.on('data', (data) => {
        log('server data', a.getStore());
        socket.end(data);
      });
    });
    const port = await listening(server);
    await a.run('ada', async () => {
      const socket = net.connect(port, host, () => log('connected', a.getStore()));
      socket.write('hello', () => log('written', a.getStore()));
      socket.on('data', (data) => log('data', String(data), a.getStore()));
      socket.on('end', () => log('end', a.getStore()));
      await new Promise((resolve) =>
        socket.on('close', () => (log('close', a.getStore()), resolve())),
      );
      log('after', a.getStore());
    });
    await closed(server);
  },

  'net: a connection that is refused': async (log) => {
    const server = net.createServer();
    const port = await listening(server);
    await closed(server);
    await a.run('ada', async () => {
      const socket = net.connect(port, host);
      await new Promise((resolve) =>
        socket.on('error', (error) => (log(error.code, a.getStore()), resolve())),
      );
    });
  },

  'net: a timeout': async (log) => {
    const server = net.createServer();
    const port = await listening(server);
    await a.run('ada', async () => {
      const socket = net.connect(port, host);
      await once(socket, 'connect');
      await new Promise((resolve) => {
        socket.setTimeout(2, () => (log('timeout', a.getStore()), resolve()));
      });
      socket.destroy();
      await once(socket, 'close');
    });
    await closed(server);
  },

  'tls: both ends': async (log) => {
    const { key, cert } = selfSigned();
    const server = tls.createServer({ key, cert }, (socket) => {
      log('connection', a.getStore());
      socket.on('error', () => {});
      socket.on('data', (data) => socket.end(data));
    });
    const port = await listening(server);
    await a.run('ada', async () => {
      const options = { host, port, ca: cert, servername: 'localhost', rejectUnauthorized: true };
      const socket = tls.connect(options, () => log('secure', socket.authorized, a.getStore()));
      socket.write('hello', () => log('written', a.getStore()));
      socket.on('data', (data) => log('data', String(data), a.getStore()));
      socket.on('end', () => log('end', a.getStore()));
      await once(socket, 'close');
      log('after', a.getStore());
    });
    await closed(server);
  },

  'dgram: messages and callbacks': async (log) => {
    const receiver = dgram.createSocket('udp4');
    receiver.bind(0, host);
    await once(receiver, 'listening');
    const { port } = receiver.address();
    await a.run('ada', async () => {
      const answered = new Promise((resolve) => {
        const socket = dgram.createSocket('udp4');
        socket.on('message', (message) => {
          log('message', String(message), a.getStore());
          socket.close(() => (log('closed', a.getStore()), resolve()));
        });
        socket.send('hello', port, host, () => log('sent', a.getStore()));
      });
      receiver.once('message', (message, { port: from }) => receiver.send('answer', from, host));
      await answered;
      log('after', a.getStore());
    });
    await new Promise((resolve) => receiver.close(resolve));
  },

  'dns.lookup': async (log) => {
    await a.run('ada', async () => {
      await new Promise((resolve) => {
        dns.lookup('127.0.0.1', (error, address) => {
          log('lookup', address, a.getStore());
          resolve();
        });
      });
      await new Promise((resolve) => {
        dns.lookup('localhost', { family: 4 }, () => (log('localhost', a.getStore()), resolve()));
      });
      const { address } = await dns.promises.lookup('127.0.0.1');
      log('promises', address, a.getStore());
    });
    log('outside', a.getStore());
  },

  'net: listeners that are added in another run than the connection': async (log) => {
    const server = a.run('server', () => net.createServer());
    a.run('elsewhere', () =>
      server.on('connection', (socket) => {
        log('connection', a.getStore());
        socket.end('hello');
      }),
    );
    const port = await listening(server);
    const socket = a.run('ada', () => net.connect(port, host));
    a.run('bob', () => socket.on('data', () => log('data', a.getStore())));
    await once(socket, 'close');
    await closed(server);
  },

  'http: listeners that are added in another run than the request': async (log) => {
    const server = http.createServer((request, response) => response.end('answer'));
    const port = await listening(server);
    const request = a.run('ada', () => http.get({ host, port, agent: false }));
    await new Promise((resolve) => {
      a.run('bob', () =>
        request.on('response', (response) => {
          log('response', a.getStore());
          response.resume().on('end', resolve);
        }),
      );
    });
    await closed(server);
  },
};
