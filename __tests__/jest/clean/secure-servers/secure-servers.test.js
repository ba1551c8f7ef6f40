import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';

const read = (name) => readFileSync(join(__dirname, name));
const pair = { key: read('key.pem'), cert: read('certificate.pem') };
const local = { host: '127.0.0.1', rejectUnauthorized: false };
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const closed = (server) => new Promise((resolve) => server.close(resolve));

describe('https', () => {
  const get = (port, agent) =>
    new Promise((resolve, reject) => {
      const request = https.get({ ...local, port, agent }, (response) =>
        response.resume().on('end', resolve),
      );
      request.on('error', reject);
    });

  test.each([false, true])('kept alive: %s', async (keepAlive) => {
    const server = https.createServer(pair, (_request, response) => response.end('ok'));
    const agent = new https.Agent({ keepAlive });
    await get(await listening(server), agent);
    agent.destroy();
    server.closeAllConnections();
    await closed(server);
  });
});

test('tls, destroyed at the end of the test', async () => {
  const server = tls.createServer(pair, (socket) => socket.end('hello'));
  const port = await listening(server);
  const socket = tls.connect({ ...local, port });
  await new Promise((resolve) => socket.on('data', resolve));
  socket.destroy();
  await closed(server);
});

describe('http2', () => {
  const ask = (session) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':path': '/' });
      stream.resume().on('end', resolve).on('error', reject);
    });

  test.each([true, false])('secure: %s', async (isSecure) => {
    const answer = (_request, response) => response.end('ok');
    const server = isSecure ? http2.createSecureServer(pair, answer) : http2.createServer(answer);
    const protocol = isSecure ? 'https' : 'http';
    const port = await listening(server);
    const session = http2.connect(`${protocol}://127.0.0.1:${port}`, { rejectUnauthorized: false });
    await ask(session);
    await closed(session);
    await closed(server);
  });
});

test('the last test, a moment later', () => new Promise((resolve) => setTimeout(resolve, 1)));
