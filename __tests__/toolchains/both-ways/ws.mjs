import { WebSocketServer, WebSocket } from 'ws';
import { getLocal, register, setLocal } from '@throughline/runtime';
const user = register('nobody');
const seen = [];
const note = (what) => seen.push(`${what}: ${getLocal(user)}`);
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (ws, req) => {
  const name = 'server-' + req.url.slice(1);
  setLocal(user, name);
  ws.on('message', async (data) => {
    note(`server message ${data} on ${name}`);
    await null;
    ws.send('re:' + data);
  });
  ws.on('close', () => note(`server close ${name}`));
});
await new Promise((r) => server.once('listening', r));
const { port } = server.address();
async function client(name) {
  setLocal(user, name);
  const ws = new WebSocket(`ws://127.0.0.1:${port}/${name}`);
  await new Promise((r) =>
    ws.once('open', () => {
      note(`open ${name}`);
      r();
    }),
  );
  setLocal(user, name + '2');
  const got = new Promise((r) =>
    ws.on('message', (data) => {
      note(`client message ${data}`);
      r();
    }),
  );
  ws.send('hi ' + name);
  await got;
  const closed = new Promise((r) =>
    ws.on('close', () => {
      note(`client close ${name}`);
      r();
    }),
  );
  ws.close();
  await closed;
}
await Promise.all([client('ada'), client('bob')]);
await new Promise((r) => setTimeout(r, 50));
server.close();
console.log(JSON.stringify(seen.sort()));
