import http from 'node:http';
import { once } from 'node:events';

let server;
const agent = new http.Agent({ keepAlive: true });

beforeAll(async () => {
  server = http.createServer((request, response) => response.end('nut')).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

async function ask() {
  const { port } = server.address();
  const [response] = await once(http.get({ port, host: '127.0.0.1', agent }), 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

test.each([1, 2, 3])('a connection is used again: %d', async () => {
  expect(await ask()).toBe('nut');
  expect(await ask()).toBe('nut');
});

afterAll(async () => {
  agent.destroy();
  server.close();
  await once(server, 'close');
});
