import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import {
  decodeControl,
  encodeMessage,
  MessageReader,
  REPORT_TOPIC,
} from '@throughline/runtime/report';
import { sentence } from '../errors.js';
import type { Acceptor } from './accept.js';

/** The topic on which a connection says what it wants to hear. */
const CONTROL_TOPIC = '_';
/** What may wait for a slow subscriber before messages to it are dropped. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** How long a connection that is closed may take to say its last. */
const CLOSING_MS = 500;

/**
 * The X-Trace pubsub protocol over TCP, so that the original clients can report here too.
 *
 * Messages of every topic go to the connections subscribed to it, control messages included, as in
 * the original server; those of the report topic are also kept. A stream that cannot be read ends
 * its own connection and nothing else.
 */
export class PubsubServer {
  private readonly server: Server;
  private readonly topics = new Map<Socket, Set<string>>();
  readonly counters = { connections: 0, badStreams: 0, undelivered: 0 };
  lastProblem: string | undefined;

  constructor(private readonly acceptor: Acceptor) {
    this.server = createServer((socket) => this.serve(socket));
  }

  /** Resolves to the port it listens on. */
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

  /** Stops listening and ends every connection; what was sent before is still read. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.topics.keys()) socket.destroy();
      }, CLOSING_MS);
      this.server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      // Our end says goodbye; the peer's answer comes after everything that it has sent.
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
        this.lastProblem = `a connection was closed: ${sentence(error)}`;
        socket.destroy();
      }
    });
    // A peer that goes away in the middle of a message is its own affair.
    socket.on('error', () => {});
    socket.on('close', () => this.topics.delete(socket));
  }

  private receive(from: Socket, topic: Buffer, message: Buffer): void {
    const name = topic.toString('latin1');
    if (name === CONTROL_TOPIC) this.control(from, message);
    if (name === REPORT_TOPIC) this.acceptor.acceptBytes(message);
    this.deliver(name, topic, message);
  }

  /** First all unsubscribes, then all subscribes. A malformed message changes nothing. */
  private control(from: Socket, message: Buffer): void {
    const topics = this.topics.get(from)!;
    try {
      const { subscribe, unsubscribe } = decodeControl(message);
      for (const topic of unsubscribe) topics.delete(Buffer.from(topic).toString('latin1'));
      for (const topic of subscribe) topics.add(Buffer.from(topic).toString('latin1'));
    } catch (error) {
      this.lastProblem = `a control message was ignored: ${sentence(error)}`;
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
