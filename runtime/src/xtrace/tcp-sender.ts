import { createConnection, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { warnOnce } from '../kernel/index.js';
import type { Address } from './address.js';
import type { Batch } from './batch.js';
import { isTrusted } from './own-certificate.js';
import type { ReportQueue } from './queue.js';
import { MAX_BATCH_BYTES } from './report.js';
import type { Sender } from './sender.js';
import { acknowledgedWire, answerReader, pubsubWire } from './wire.js';
import type { Wire } from './wire.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** How many reports are sent without waiting for others. */
const BATCH = 500;
/** How many bytes are sent at once: some two thousand events. */
const BATCH_BYTES = 256 * 1024;
/** How many batches may wait for their acknowledgement. */
const WINDOW = 32;
/** How long an event waits for others to be sent with it. Each write is a system call. */
const GATHERING_MS = 5;
/** The pause between batches that are full. */
const NEXT_BATCH_MS = 1;
/** How long a server may take to say which protocol it speaks. */
const HELLO_MS = 10_000;
/** How long a peer may take to agree on TLS. Meanwhile the process cannot end by itself. */
const HANDSHAKE_MS = 5000;

/**
 * Sends reports from the queue to a collector over TCP, when the program is idle.
 *
 * Never keeps the process alive, never throws into the program, and reconnects with growing pauses. A batch that was not
 * acknowledged when its connection ends is sent again: the collector keeps an event once.
 */
export class TcpSender implements Sender {
  private readonly wire: Wire;
  /** The event of a socket that can be written to. */
  private readonly opened: 'connect' | 'secureConnect';
  private socket: Socket | undefined;
  private ready = false;
  private closed = false;
  private pauseMs = FIRST_PAUSE_MS;
  private scheduled = false;
  private lastNumber = 0;
  /** Batches that were written to the socket and not confirmed yet, by their numbers. */
  private readonly unconfirmed = new Map<number, Batch>();
  private readonly idle = new Set<() => void>();
  readonly isOpen = false;
  readonly firstAttempt: Promise<Error | undefined>;
  private firstAttemptOver: (error: Error | undefined) => void = () => {};

  /** `onConfirmed` is called when reports have arrived, `onLeft` when it is closed and some have not. */
  constructor(
    private readonly address: Address,
    private readonly queue: ReportQueue,
    private readonly token?: string,
    private readonly onConfirmed: () => void = () => {},
    private readonly onLeft: () => void = () => {},
    /** The file of a certificate that is trusted, whoever has signed it. */
    private readonly certificate?: string,
  ) {
    this.opened = address.isEncrypted ? 'secureConnect' : 'connect';
    this.wire = address.isAcknowledged ? acknowledgedWire : pubsubWire;
    this.firstAttempt = new Promise((resolve) => (this.firstAttemptOver = resolve));
    this.connect();
  }

  wake(): void {
    if (this.scheduled || !this.ready) return;
    this.scheduled = true;
    const send = (): void => {
      this.scheduled = false;
      this.send();
    };
    // This must not keep the process alive: `flush` and `sendNow` send the rest at the end. A timer, because a
    // loop that has nothing else to do sleeps through an unreferenced immediate.
    setTimeout(send, this.queue.size < BATCH ? GATHERING_MS : NEXT_BATCH_MS).unref();
  }

  flush(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (sent: boolean): void => {
        clearTimeout(timer);
        this.idle.delete(whenIdle);
        if (this.idle.size === 0) this.socket?.unref();
        resolve(sent);
      };
      const whenIdle = (): void => done(true);
      // The timer and the socket keep the process alive until then, and no longer.
      const timer = setTimeout(() => done(false), timeoutMs);
      this.idle.add(whenIdle);
      this.socket?.ref();
      this.send();
      this.tellIfIdle();
    });
  }

  /**
   * Writes as much as the operating system takes at once; the rest stays in the queue. For the moment before the
   * process ends, when nothing asynchronous runs any more, so that what the system has taken counts as sent.
   */
  sendNow(): void {
    if (!this.ready) return;
    const socket = this.socket!;
    if (this.address.isEncrypted) {
      // What has arrived of it is not known at once. In one piece, it is encrypted and given to the system as far as that takes it.
      socket.cork();
      while (this.queue.size > 0 && this.unconfirmed.size < WINDOW) this.writeBatch();
      socket.uncork();
      return;
    }
    // The socket reports a finished write later. What it still holds is what the system has not taken. After a
    // failed write it is not writable.
    while (socket.writable && socket.writableLength === 0) {
      for (const number of this.unconfirmed.keys()) this.confirm(number);
      if (this.queue.size === 0) return;
      this.writeBatch();
    }
  }

  /** Closes the connection and does not reconnect. */
  close(): void {
    this.closed = true;
    this.firstAttemptOver(new Error('the connection was closed before it was established'));
    this.socket?.end();
  }

  private connect(): void {
    const socket = open(this.address, this.certificate === undefined);
    this.socket = socket;
    if (this.address.isEncrypted) this.awaitHandshake(socket);
    else if (this.idle.size === 0) socket.unref();
    socket.setNoDelay(true);
    socket.on(this.opened, () => {
      if (socket.destroyed) return;
      this.ready = true;
      // Where there is an answer, it shows that it is a collector.
      if (!this.wire.isAcknowledged) this.pauseMs = FIRST_PAUSE_MS;
      this.firstAttemptOver(undefined);
      socket.write(this.wire.hello(this.token));
      this.send();
    });
    if (this.wire.isAcknowledged) this.readAnswers(socket);
    // The stream must be read for its end to be noticed. The original server sends only to those who subscribe.
    else socket.resume();
    socket.on('drain', () => this.send());
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => this.reconnect(failure));
  }

  /** A socket without a reference would not keep the process until it is connected, as one without TLS does by itself. */
  private awaitHandshake(socket: Socket): void {
    const late = (): void => {
      socket.destroy(new Error(`the peer has not agreed on TLS for ${HANDSHAKE_MS} ms`));
    };
    const timer = setTimeout(late, HANDSHAKE_MS).unref();
    socket.on('secureConnect', () => {
      if (this.idle.size === 0) socket.unref();
      const { authorizationError } = socket as TLSSocket;
      if (!authorizationError || isTrusted(socket as TLSSocket, this.certificate!)) return;
      socket.destroy(new Error(`${String(authorizationError)}, and it is not THROUGHLINE_CERT`));
    });
    for (const event of ['secureConnect', 'close']) socket.on(event, () => clearTimeout(timer));
  }

  private readAnswers(socket: Socket): void {
    let patience: ReturnType<typeof setTimeout> | undefined;
    let isAnswered = false;
    const warn = (): void => {
      if (!isAnswered && !socket.destroyed) this.warnOfSilence();
    };
    socket.on(this.opened, () => {
      // Where the program has worked without a pause, the answer may be there, and unread.
      patience = setTimeout(() => setImmediate(warn), HELLO_MS).unref();
    });
    const read = answerReader((number, isStored) => {
      if (isStored) {
        this.pauseMs = FIRST_PAUSE_MS;
        this.confirm(number);
        if (this.queue.size > 0) this.wake();
      } else {
        // The connection is closed, so that the next attempt comes after a pause.
        this.putBack(number);
        socket.destroy();
      }
      this.tellIfIdle();
    });
    socket.on('data', (chunk) => {
      isAnswered = true;
      clearTimeout(patience);
      const peer = read(chunk);
      if (peer === 'collector') return;
      if (peer === 'refusing') this.warnOfToken();
      else this.warnOfSilence();
      socket.destroy();
    });
    socket.on('close', () => clearTimeout(patience));
  }

  private warnOfToken(): void {
    const given = this.token === undefined ? 'a token' : 'another token';
    warnOnce(
      'TL_TOKEN_REFUSED',
      `the collector at ${this.address.text} wants ${given}. Set THROUGHLINE_TOKEN to the one that it was started with`,
    );
  }

  private warnOfSilence(): void {
    const { text } = this.address;
    const { isEncrypted, path } = this.address;
    const original = `. The address of an original X-Trace server is "pubsub://${text}"`;
    warnOnce(
      'TL_COLLECTOR_UNREACHABLE',
      `the server at ${text} does not answer as a collector${isEncrypted || path !== undefined ? '' : original}`,
    );
  }

  private reconnect(failure: Error | undefined): void {
    this.ready = false;
    this.socket = undefined;
    for (const number of [...this.unconfirmed.keys()].reverse()) this.putBack(number);
    if (this.closed && this.queue.size > 0) this.onLeft();
    this.firstAttemptOver(failure ?? new Error('the collector closed the connection'));
    if (this.closed) return;

    const reason = failure ? `: ${failure.message}` : '';
    warnOnce(
      'TL_COLLECTOR_UNREACHABLE',
      `cannot reach the collector at ${this.address.text}${reason}; up to ${this.queue.limit} events are queued`,
    );
    // Randomised, or all processes of a fleet would reconnect at the same moment.
    const pauseMs = this.pauseMs * (0.5 + Math.random() / 2);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    setTimeout(() => {
      if (!this.closed) this.connect();
    }, pauseMs).unref();
  }

  private send(): void {
    if (!this.ready || this.closed) return;
    if (this.socket!.writableNeedDrain || this.unconfirmed.size >= WINDOW) return;
    if (this.queue.size > 0) this.writeBatch(BATCH_BYTES);
    if (this.queue.size > 0) this.wake();
    this.tellIfIdle();
  }

  private writeBatch(maxBytes?: number): void {
    const number = (this.lastNumber = (this.lastNumber + 1) >>> 0);
    const batch = this.queue.take(maxBytes);
    if (this.wire.isAcknowledged && batch.bytes.length > MAX_BATCH_BYTES) {
      this.queue.drop(batch);
      warnOnce(
        'TL_REPORTS_UNSENT',
        `an event of ${batch.bytes.length} bytes is too long to be sent`,
      );
      return;
    }
    const bytes = this.wire.frame(batch.bytes, number);
    this.unconfirmed.set(number, batch);
    const socket = this.socket!;
    if (this.wire.isAcknowledged) socket.write(bytes);
    else {
      socket.write(bytes, (error) => {
        if (error) return;
        this.confirm(number);
        if (this.queue.size > 0) this.wake();
        this.tellIfIdle();
      });
    }
  }

  private confirm(number: number): void {
    const batch = this.unconfirmed.get(number);
    if (batch === undefined || !this.unconfirmed.delete(number)) return;
    this.queue.confirm(batch);
    this.onConfirmed();
  }

  private putBack(number: number): void {
    const batch = this.unconfirmed.get(number);
    if (batch !== undefined && this.unconfirmed.delete(number)) this.queue.putBack(batch);
  }

  private tellIfIdle(): void {
    if (this.queue.size > 0 || this.unconfirmed.size > 0) return;
    for (const tell of [...this.idle]) tell();
  }
}

function open({ host, port, path, isEncrypted }: Address, rejectUnauthorized: boolean): Socket {
  if (path !== undefined) return createConnection({ path });
  // The name is what the certificate must be for. An address has none.
  return isEncrypted
    ? connectTls({ host, port, servername: isIP(host) === 0 ? host : '', rejectUnauthorized })
    : createConnection({ host, port });
}
