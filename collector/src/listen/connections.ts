import type { Server, Socket } from 'node:net';

/** How long a peer may take to agree on TLS, in milliseconds. */
export const HANDSHAKE_MS = 10_000;

/** Remembers the connections of a server, those that have not agreed on TLS, too, and returns what closes them. */
export function trackConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}
