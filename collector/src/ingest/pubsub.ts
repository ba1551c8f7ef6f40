import { REPORT_TOPIC } from '@throughline/runtime/report';
import { errorMessage } from '../errors.js';
import { batchOf } from '../reports/batch.js';
import type { Acceptor } from './accept.js';
import { decodeControl } from './control-message.js';
import { encodeMessage, MessageReader } from './pubsub-messages.js';
import type { Connection } from './connection.js';

/** Topic of the messages that subscribe and unsubscribe a connection. */
const CONTROL_TOPIC = '_';
/** Maximum number of bytes buffered for a slow subscriber. Beyond that, messages to it are dropped. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/**
 * Serves the X-Trace pubsub protocol, so that the original clients can report here too.
 *
 * Delivers each message to the connections that subscribed to its topic, control messages included, as the
 * original server does. Messages of the report topic are also stored.
 */
export class Pubsub {
  private readonly topics = new Map<Connection, Set<string>>();
  undelivered = 0;

  constructor(
    private readonly acceptor: Acceptor,
    private readonly onProblem: (problem: string) => void,
  ) {}

  /** Returns a function that takes the bytes of a connection, and returns how many of them are not read yet. */
  connect(connection: Connection): (chunk: Buffer) => number {
    this.topics.set(connection, new Set());
    const reader = new MessageReader();
    return (chunk) => {
      const reports: Buffer[] = [];
      try {
        for (const { topic, message } of reader.read(chunk)) {
          const name = topic.toString('latin1');
          if (name === CONTROL_TOPIC) this.control(connection, message);
          if (name === REPORT_TOPIC) reports.push(message);
          this.deliver(name, topic, message);
        }
      } finally {
        // This protocol has no acknowledgement: what is dropped is counted, and its sender not told.
        if (reports.length > 0) this.acceptor.accept(batchOf(reports)).catch(() => {});
      }
      return reader.unread;
    };
  }

  disconnect(connection: Connection): void {
    this.topics.delete(connection);
  }

  /** Applies all unsubscribes, then all subscribes. A malformed message changes nothing. */
  private control(from: Connection, message: Buffer): void {
    const topics = this.topics.get(from)!;
    try {
      const { subscribe, unsubscribe } = decodeControl(message);
      for (const topic of unsubscribe) topics.delete(Buffer.from(topic).toString('latin1'));
      for (const topic of subscribe) topics.add(Buffer.from(topic).toString('latin1'));
    } catch (error) {
      this.onProblem(`a control message was ignored: ${errorMessage(error)}`);
    }
  }

  private deliver(name: string, topic: Buffer, message: Buffer): void {
    let bytes: Buffer | undefined;
    for (const [connection, topics] of this.topics) {
      if (!topics.has(name)) continue;
      if (connection.writableLength > MAX_UNREAD_BYTES) {
        this.undelivered++;
        continue;
      }
      bytes ??= encodeMessage(topic, message);
      connection.write(bytes);
    }
  }
}
