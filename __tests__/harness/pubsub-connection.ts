import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { Control } from '../../collector/src/ingest/control-message';
import { encodeMessage, MessageReader } from '../../collector/src/ingest/pubsub-messages';
import { until } from './until';

let barriers = 0;

/** Encodes a control message: fields 1 and 2 are topics. */
export function encodeControl({ subscribe, unsubscribe }: Control): Uint8Array {
  const field = (number: number, topic: Uint8Array): Uint8Array => {
    const length =
      topic.length < 128 ? [topic.length] : [(topic.length & 127) | 128, topic.length >> 7];
    return Buffer.concat([Buffer.of((number << 3) | 2, ...length), topic]);
  };
  return Buffer.concat([
    ...subscribe.map((topic) => field(1, topic)),
    ...unsubscribe.map((topic) => field(2, topic)),
  ]);
}

/** One TCP connection to a pubsub server, down to its bytes. */
export class PubsubConnection {
  /** Every message that was delivered: topic and message, messages as hex. */
  readonly received: { topic: string; message: string }[] = [];
  isClosed = false;

  private constructor(readonly socket: Socket) {
    const reader = new MessageReader();
    socket.on('data', (chunk) => {
      for (const { topic, message } of reader.read(chunk)) {
        this.received.push({ topic: topic.toString(), message: message.toString('hex') });
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => (this.isClosed = true));
  }

  static to(address: string): Promise<PubsubConnection> {
    const [host, port] = address.split(':');
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: host!, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new PubsubConnection(socket)));
    });
  }

  /** Sends bytes; resolves when the operating system has them. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  sendHex(hex: string): Promise<void> {
    return this.send(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }

  publish(topic: string | Uint8Array, message: Uint8Array | string): Promise<void> {
    return this.send(encodeMessage(topic, Buffer.from(message as string)));
  }

  control(subscribe: readonly string[], unsubscribe: readonly string[] = []): Promise<void> {
    const bytes = (topics: readonly string[]) => topics.map((topic) => Buffer.from(topic));
    const control = { subscribe: bytes(subscribe), unsubscribe: bytes(unsubscribe) };
    return this.publish('_', encodeControl(control));
  }

  /** Resolves when the server has read all that was sent before. */
  async barrier(): Promise<void> {
    const topic = `barrier ${barriers++}`;
    await this.control([topic]);
    await this.publish(topic, 'here');
    await until(topic, () => this.received.some((message) => message.topic === topic));
    await this.control([], [topic]);
  }

  /** Topics and texts that were delivered, without those of barriers and control messages. */
  heard(): string[] {
    return this.received
      .filter(({ topic }) => topic !== '_' && !topic.startsWith('barrier '))
      .map(({ topic, message }) => `${topic}: ${Buffer.from(message, 'hex').toString()}`);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
