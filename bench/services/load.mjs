// Measures one service: starts it in another process, sends it more concurrent requests over loopback than it can
// answer, and prints the cost of a request after warm-up. `ns` is the service's CPU time; its inverse is the
// throughput on a core of its own. `clock` is wall time, which also includes other processes. Receives the
// service's events.
//
// The client is written by hand: one that costs as much as the server would hide the server's cost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSink } from './sink.mjs';

const [, , protocol, file, expects, way = '{}'] = process.argv;
const { flags = [], env = {} } = JSON.parse(way);
const AT_ONCE = 16;
const WARM_UP = 5_000;
const REQUESTS = 10_000;

const items = Array.from({ length: 10 }, (_, i) => ({ id: `item-${i * 31}`, count: (i % 9) + 1 }));
const body = Buffer.from(JSON.stringify({ user: 'ada lovelace', items }));

let reported = 0;
const sink = await startSink((bytes) => (reported += bytes));

/** Takes what other tools send, and answers what they expect. */
const httpSink = createHttpServer((request, response) => {
  request.on('data', (bytes) => (reported += bytes.length));
  request.on('end', () => response.end(request.url === '/info' ? '{}' : undefined));
}).listen(0, '127.0.0.1');
await once(httpSink, 'listening');

/** What the service asks, if it asks anybody. */
const inner = createHttpServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ [request.url.slice(1)]: 7 }));
}).listen(0, '127.0.0.1');
await once(inner, 'listening');

const places = {
  $sink: `127.0.0.1:${sink}`,
  $httpSink: `http://127.0.0.1:${httpSink.address().port}`,
};
const given = Object.entries(env).map(([name, value]) => [name, places[value] ?? value]);

const serve = fileURLToPath(new URL('./serve.mjs', import.meta.url));
const server = spawn(process.execPath, [...flags, serve, file], {
  cwd: dirname(file),
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  env: {
    ...process.env,
    SINK: places.$sink,
    INNER: `http://127.0.0.1:${inner.address().port}`,
    ...Object.fromEntries(given),
  },
});
try {
  const ended = once(server, 'exit').then(() => Promise.reject(new Error('the service exited')));
  const [port] = await Promise.race([once(server.stdout, 'data'), ended]);
  const clients = protocol === 'http' ? httpClients(Number(port)) : grpcClients(Number(port));
  await requests(clients, WARM_UP);
  const [before, start] = [await cpuTime(), process.hrtime.bigint()];
  await requests(clients, REQUESTS);
  const clock = Number(process.hrtime.bigint() - start) / REQUESTS;
  const ns = ((await cpuTime()) - before) / REQUESTS;
  if ((expects === 'events') !== reported > 0)
    throw new Error(`expected ${expects}, got ${reported} bytes of events`);
  process.stdout.write(JSON.stringify({ ns, clock }));
} finally {
  server.kill('SIGKILL');
}
process.exit();

/** Returns the CPU time of the service so far, in nanoseconds. */
async function cpuTime() {
  server.send('cpu time');
  const [{ user, system }] = await once(server, 'message');
  return (user + system) * 1000;
}

/** Sends `count` requests; each client sends its next request when the previous one is answered. */
async function requests(clients, count) {
  let left = count;
  await Promise.all(
    clients.map(async (request) => {
      while (left-- > 0) await request();
    }),
  );
}

/** Creates HTTP clients with keep-alive. Assumes that all responses are as long as the first. */
function httpClients(port) {
  const request = Buffer.concat([
    Buffer.from(
      `POST / HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);
  return Array.from({ length: AT_ONCE }, () => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    let [answered, failed, length, read] = [undefined, undefined, 0, 0];
    socket.on('error', (error) => failed?.(error));
    socket.on('data', (bytes) => {
      length ||= lengthOf(bytes.toString('latin1'));
      read += bytes.length;
      if (read < length) return;
      read -= length;
      answered();
    });
    return () =>
      new Promise((resolve, reject) => {
        [answered, failed] = [resolve, reject];
        socket.write(request);
      });
  });
}

function lengthOf(answer) {
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
  const head = answer.indexOf('\r\n\r\n') + 4;
  return head + Number(/content-length: (\d+)/i.exec(answer)[1]);
}

/** Creates gRPC clients: one stream per request, a length-prefixed message in each. */
function grpcClients(port) {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const message = Buffer.concat([Buffer.alloc(5), body]);
  message.writeUInt32BE(body.length, 1);
  const headers = {
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/Shop/Quote',
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  };
  const request = () =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers);
      stream.on('error', reject);
      stream.on('trailers', (trailers) => {
        if (trailers['grpc-status'] === '0') resolve();
        else reject(new Error(`gRPC status ${trailers['grpc-status']}`));
      });
      stream.resume();
      stream.end(message);
    });
  return Array.from({ length: AT_ONCE }, () => request);
}
