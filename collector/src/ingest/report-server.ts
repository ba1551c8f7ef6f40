import type { Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { TOKEN_REFUSED } from '@throughline/runtime/report';
import { errorMessage } from '../errors.js';
import { HANDSHAKE_MS, trackConnections } from '../listen/connections.js';
import type { Certificate } from '../listen/tls.js';
import { listenOnSocket, passToHttp } from '../listen/unix-socket.js';
import type { Acceptor } from './accept.js';
import { acknowledged } from './acknowledged.js';
import { isToken, readHello } from './hello.js';
import { Pubsub } from './pubsub.js';
import { Unread } from './unread.js';

/** How long `close` waits for the data that peers have already sent. */
const CLOSING_MS = 500;

/**
 * Takes reports over TCP, in two protocols on one port: batches that are acknowledged, and X-Trace's pubsub protocol for the
 * original clients. The first four bytes tell them apart: as the length of a topic they would be far too large.
 *
 * While the store has too much to do, nothing is read, so that senders slow down. An unreadable stream closes its own connection and
 * no other.
 */
export class ReportServer {
  private readonly server: Server;
  private readonly closeConnections: () => void;
  private readonly sockets = new Set<Socket>();
  private readonly unread = new Unread();
  private readonly pubsub: Pubsub;
  readonly counters = { connections: 0, badStreams: 0 };
  /** Message of the last error, for `/health`. */
  lastProblem: string | undefined;

  /** The server that gets requests by HTTP, where they come to the same socket. */
  private web: HttpServer | undefined;

  /** With a token, only senders that show it are served: the original protocol cannot. */
  constructor(
    private readonly acceptor: Acceptor,
    private readonly token?: string,
    certificate?: Certificate,
  ) {
    this.pubsub = new Pubsub(acceptor, (problem) => (this.lastProblem = problem));
    const serve = (socket: Socket): void => this.serve(socket);
    this.server = certificate
      ? createTlsServer({ ...certificate, handshakeTimeout: HANDSHAKE_MS }, serve)
      : createServer(serve);
    this.closeConnections = trackConnections(this.server);
    // Who is no peer of TLS is no concern of others.
    this.server.on('tlsClientError', (error: Error) => {
      this.counters.badStreams++;
      this.lastProblem = `a connection was closed: ${error.message}`;
    });
  }

  /** How many messages were not delivered to subscribers that read too slowly. */
  get undelivered(): number {
    return this.pubsub.undelivered;
  }

  /** Starts listening; resolves to the port. Rejects with Node's error. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        this.server.on('error', (error) => (this.lastProblem = error.message));
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Starts listening on a Unix socket, for reports and, on behalf of `web`, for requests by HTTP. Rejects with Node's error. */
  async listenOn(path: string, web: HttpServer): Promise<void> {
    this.web = web;
    await listenOnSocket(this.server, path);
    // Only then does it look for requests that take too long.
    web.emit('listening');
    this.server.on('error', (error) => (this.lastProblem = error.message));
  }

  /** Stops listening and closes every connection, after reading the data that was sent before. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.closeConnections(), CLOSING_MS);
      this.server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      // Half-close: the peer's own end arrives after everything that it has sent. What it sent last is acknowledged first.
      void this.acceptor.drain().then(() => {
        for (const socket of this.sockets) socket.end();
      });
    });
  }

  private serve(socket: Socket): void {
    this.counters.connections++;
    this.sockets.add(socket);
    socket.setNoDelay(true);
    let first: Buffer = Buffer.alloc(0);
    let receive: ((chunk: Buffer) => number) | undefined;
    const read = (chunk: Buffer): void => {
      if (receive === undefined) {
        first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
        if (this.web !== undefined && passToHttp(socket, first, this.web)) return;
        const hello = readHello(first);
        if (hello === undefined) return;
        if (!isToken(hello.token, this.token)) {
          socket.end(TOKEN_REFUSED);
          throw new Error('its sender has no token, or not the right one');
        }
        const isOurs = hello.protocol === 'acknowledged';
        receive = isOurs ? acknowledged(socket, this.acceptor) : this.pubsub.connect(socket);
        chunk = first.subarray(hello.length);
        first = Buffer.alloc(0);
      }
      this.unread.set(socket, receive(chunk));
      if (!this.acceptor.isFull) return;
      socket.pause();
      void this.acceptor.room().then(() => socket.resume());
    };
    socket.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        this.counters.badStreams++;
        this.lastProblem = `a connection was closed: ${errorMessage(error)}`;
        // What was written to it, such as a refusal, arrives first.
        if (socket.writableEnded) socket.destroySoon();
        else socket.destroy();
      }
    });
    // A peer may disconnect in the middle of a message. That is no error here.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.unread.delete(socket);
      this.pubsub.disconnect(socket);
    });
  }
}
