import http from 'node:http';
import { once } from 'node:events';

let port;
const waiting = [];

beforeAll(async () => {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address());
  server.close();
  await once(server, 'close');
});

test('feed is asked', () => {
  // guilty
  const request = http.get({ port, host: '127.0.0.1' });
  request.once('close', () => waiting.forEach((resolve) => resolve()));
});

test('feed is read', () => new Promise((resolve) => waiting.push(resolve)));
