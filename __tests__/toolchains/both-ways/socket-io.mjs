import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { getLocal, register, setLocal } from '@throughline/runtime';
const user = register('nobody');
const seen = [];
const note = (what) => seen.push(`${what}: ${getLocal(user)}`);
const http = createServer();
const server = new Server(http);
server.use((socket, next) => {
  note(`middleware ${socket.handshake.auth.name}`);
  setTimeout(next, 1);
});
server.on('connection', (socket) => {
  const { name } = socket.handshake.auth;
  setLocal(user, `server-${name}`);
  socket.on('ask', async (what, answer) => {
    note(`ask ${what}`);
    await null;
    note(`after ask ${what}`);
    answer(`re:${what}`);
  });
  socket.on('disconnect', () => note(`disconnect ${name}`));
});
await new Promise((r) => http.listen(0, '127.0.0.1', r));
async function client(name, transports) {
  setLocal(user, name);
  const socket = io(`http://127.0.0.1:${http.address().port}`, {
    transports,
    auth: { name },
    forceNew: true,
  });
  await new Promise((r) =>
    socket.on('connect', () => {
      note(`connect ${name}`);
      r();
    }),
  );
  setLocal(user, `${name}2`);
  await new Promise((r) =>
    socket.emit('ask', name, (text) => {
      note(`answer ${text}`);
      r();
    }),
  );
  note(`promise ${await socket.emitWithAck('ask', name + 'p')}`);
  socket.disconnect();
}
await Promise.all([client('ada', ['websocket']), client('bob', ['polling'])]);
await new Promise((r) => setTimeout(r, 100));
await server.close();
console.log(JSON.stringify(seen.sort()));
