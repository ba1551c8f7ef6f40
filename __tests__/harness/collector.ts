import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { acknowledged } from '../../collector/src/ingest/acknowledged';
import { MessageReader } from '../../collector/src/ingest/pubsub-messages';
import { eachReport } from '../../collector/src/reports/batch';
import { decodeReport } from './decode-report';
import type { Report } from '@throughline/runtime/report';

/** A collector that keeps what it is sent, on a free port of this machine. */
export class SmallCollector {
  readonly reports: Report[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  readonly protocols: ('acknowledged' | 'pubsub')[] = [];
  /** False to store batches, and not to say so. */
  acknowledges = true;
  private pauseMs = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.accept(socket));
  }

  static async start(port = 0): Promise<SmallCollector> {
    const collector = new SmallCollector(createServer());
    collector.server.listen(port, '127.0.0.1');
    await once(collector.server, 'listening');
    return collector;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get labels(): string[] {
    return this.reports.map(({ label }) => label);
  }

  /** Resolves as soon as `is` holds. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Reads one chunk per pause from every connection that follows. */
  readSlowly({ pauseMs = 1 } = {}): void {
    this.pauseMs = pauseMs;
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.hangUp();
    await closed;
  }

  private accept(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    const keep = (report: Uint8Array): void => void this.reports.push(decodeReport(report));
    const acceptor = {
      accept: async (batch: Uint8Array) => {
        eachReport(batch, (start, end) => keep(batch.subarray(start, end)));
        if (!this.acknowledges) await new Promise(() => {});
      },
    };
    const reader = new MessageReader();
    let first = Buffer.alloc(0);
    let receive: ((chunk: Buffer) => unknown) | undefined;
    socket.on('data', (chunk: Buffer) => {
      if (receive === undefined) {
        first = Buffer.concat([first, chunk]);
        if (first.length < 4) return;
        const isOurs = first.toString('latin1', 0, 4) === 'XTR1';
        this.protocols.push(isOurs ? 'acknowledged' : 'pubsub');
        chunk = isOurs ? first.subarray(4) : first;
        receive = isOurs
          ? acknowledged(socket, acceptor as never)
          : (bytes) => [...reader.read(bytes)].forEach(({ message }) => keep(message));
      }
      receive(chunk);
      this.tell();
      if (this.pauseMs > 0) {
        socket.pause();
        setTimeout(() => socket.resume(), this.pauseMs).unref();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.tell();
    });
    this.tell();
  }

  private tell(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const wake of waiting) wake();
  }
}

/**
 * Returns a free port that no outgoing connection gets, which systems give ports from 32768 on, so that a server can be started on it
 * again.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
