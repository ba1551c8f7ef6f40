import http from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';

let server;

beforeAll(async () => {
  server = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

test('feed is asked', async () => {
  // guilty
  const request = http.get({ port: server.address().port, host: '127.0.0.1' });
  const [socket] = await once(request, 'socket');
  await once(socket, 'connect');
});

test('feed is read', () => {});

afterAll(() => {
  server.close();
  server.unref();
});
