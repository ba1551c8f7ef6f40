import net from 'node:net';
import { once } from 'node:events';

describe('chat', () => {
  let server;

  beforeAll(async () => {
    server = net.createServer((socket) => socket.unref());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
  });

  test('joins a room', async () => {
    // guilty
    const socket = net.connect(server.address().port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('join');
  });
});
