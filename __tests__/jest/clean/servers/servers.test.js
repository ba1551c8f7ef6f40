import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';

describe('http', () => {
  let server;
  const served = [];

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      served.push(request.url);
      setImmediate(() => response.end(`hello ${request.url}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each(['/a', '/b'])('%s', async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    expect(await response.text()).toBe(`hello ${path}`);
  });

  test('many at once', async () => {
    const { port } = server.address();
    const agent = new http.Agent({ keepAlive: true });
    const get = (path) =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port, path, agent }, (response) => {
            response.setEncoding('utf8');
            let text = '';
            response.on('data', (part) => (text += part)).on('end', () => resolve(text));
          })
          .on('error', reject);
      });
    const texts = await Promise.all(['/1', '/2', '/3'].map(get));
    agent.destroy();
    expect(texts).toEqual(['hello /1', 'hello /2', 'hello /3']);
  });
});

test('sockets', async () => {
  const server = net.createServer((socket) => socket.pipe(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write('echo');
  const [text] = await once(socket, 'data');
  expect(String(text)).toBe('echo');
  socket.end();
  await once(socket, 'close');
  await new Promise((resolve) => server.close(resolve));
});
