import { createServer } from 'node:net';
import { once } from 'node:events';
import library from './library';

let server;

beforeAll(async () => {
  server = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

test('is told', () => {});

test('connects', async () => {
  await library.connect(server.address().port);
});

test('is told again', () => {});

afterAll(() => {
  server.close();
  server.unref();
});
