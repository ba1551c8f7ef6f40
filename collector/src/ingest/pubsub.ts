import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { REPORT_TOPIC } from '@throughline/runtime/report';
import { errorMessage } from '../errors.js';
import type { Acceptor } from './accept.js';
import { encodeMessage, MessageReader } from './pubsub-messages.js';
import { decodeControl } from './report-codec.js';

/** Topic of the messages that subscribe and unsubscribe a connection. */
const CONTROL_TOPIC = '_';
/** Maximum number of bytes buffered for a slow subscriber. Beyond that, messages to it are dropped. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** How long `close` waits for the data that peers have already sent. */
const CLOSING_MS = 500;

/**
 * Serves the X-Trace pubsub protocol over TCP, so that the original clients can report here too.
 *
 * Delivers each message to the connections that subscribed to its topic, control messages included, as the
 * original server does. Messages of the report topic are also stored. An unreadable stream closes its own
 * connection and no other.
 */
export class PubsubServer {
  private readonly server: Server;
  private readonly topics = new Map<Socket, Set<string>>();
  readonly counters = { connections: 0, badStreams: 0, undelivered: 0 };
  /** Message of the last error, for `/health`. */
  lastProblem: string | undefined;

  constructor(private readonly acceptor: Acceptor) {
    this.server = createServer((socket) => this.serve(socket));
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

  /** Stops listening and closes every connection, after reading the data that was sent before. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.topics.keys()) socket.destroy();
      }, CLOSING_MS);
      this.server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      // Half-close: the peer's own end arrives after everything that it has sent.
      for (const socket of this.topics.keys()) socket.end();
    });
  }

  private serve(socket: Socket): void {
    this.counters.connections++;
    this.topics.set(socket, new Set());
    const reader = new MessageReader();
    socket.on('data', (chunk) => {
      try {
        for (const { topic, message } of reader.read(chunk)) this.receive(socket, topic, message);
      } catch (error) {
        this.counters.badStreams++;
        this.lastProblem = `a connection was closed: ${errorMessage(error)}`;
        socket.destroy();
      }
    });
    // A peer may disconnect in the middle of a message. That is no error here.
    socket.on('error', () => {});
    socket.on('close', () => this.topics.delete(socket));
  }

  private receive(from: Socket, topic: Buffer, message: Buffer): void {
    const name = topic.toString('latin1');
    if (name === CONTROL_TOPIC) this.control(from, message);
    if (name === REPORT_TOPIC) this.acceptor.acceptBytes(message);
    this.deliver(name, topic, message);
  }

  /** Applies all unsubscribes, then all subscribes. A malformed message changes nothing. */
  private control(from: Socket, message: Buffer): void {
    const topics = this.topics.get(from)!;
    try {
      const { subscribe, unsubscribe } = decodeControl(message);
      for (const topic of unsubscribe) topics.delete(Buffer.from(topic).toString('latin1'));
      for (const topic of subscribe) topics.add(Buffer.from(topic).toString('latin1'));
    } catch (error) {
      this.lastProblem = `a control message was ignored: ${errorMessage(error)}`;
    }
  }

  private deliver(name: string, topic: Buffer, message: Buffer): void {
    let bytes: Buffer | undefined;
    for (const [socket, topics] of this.topics) {
      if (!topics.has(name)) continue;
      if (socket.writableLength > MAX_UNREAD_BYTES) {
        this.counters.undelivered++;
        continue;
      }
      bytes ??= encodeMessage(topic, message);
      socket.write(bytes);
    }
  }
}
