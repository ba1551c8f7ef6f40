import { createServer } from 'node:net';

/** Resolves to the given port, or to any free port when that one is taken. */
export async function freePort(wished = 0) {
  return (await tryPort(wished)) ?? (await tryPort(0));
}

function tryPort(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });
}
