import { once } from 'node:events';
import { createServer } from 'node:net';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { errorMessage } from '../errors.js';
import type { Acceptor } from '../ingest/accept.js';
import { bearerIn, isToken } from '../ingest/hello.js';
import type { Certificate } from '../listen/tls.js';
import { MAX_UNPACKED_BYTES, partialSuccess, readProtobuf, SIGNALS } from './take-otlp.js';
import type { Signal } from './take-otlp.js';

/** The services of OpenTelemetry's protocol over gRPC (OTLP 1.x, "OTLP/gRPC"), and what each is sent. */
const SERVICES: Readonly<Record<string, Signal>> = {
  'trace.v1.TraceService': SIGNALS['/v1/traces']!,
  'logs.v1.LogsService': SIGNALS['/v1/logs']!,
  'metrics.v1.MetricsService': SIGNALS['/v1/metrics']!,
};

/** Takes spans and log records over gRPC. */
export class OtlpGrpcServer {
  private readonly server = new Server({
    'grpc.max_receive_message_length': MAX_UNPACKED_BYTES,
  });

  constructor(
    private readonly acceptor: Acceptor,
    private readonly token?: string,
    private readonly certificate?: Certificate,
  ) {
    for (const [name, signal] of Object.entries(SERVICES)) {
      this.server.addService(definitionOf(name), {
        Export: (call: ServerUnaryCall<Buffer, Uint8Array>, answer: sendUnaryData<Uint8Array>) =>
          void this.take(call, signal, answer),
      });
    }
  }

  /** Listens, and resolves to the port. Rejects if it is in use. */
  async listen(host: string, port: number): Promise<number> {
    // The library prints an error of its own when it cannot listen.
    await listenOnce(host, port);
    const { cert, key } = this.certificate ?? {};
    const credentials =
      cert && key
        ? ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }])
        : ServerCredentials.createInsecure();
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  private async take(
    { request: bytes, metadata }: ServerUnaryCall<Buffer, Uint8Array>,
    signal: Signal,
    answer: sendUnaryData<Uint8Array>,
  ): Promise<void> {
    if (!isToken(bearerIn(metadata.get('authorization')[0]), this.token)) {
      const details = 'Send the token of the collector as "authorization: Bearer TOKEN".';
      return answer({ code: status.UNAUTHENTICATED, details });
    }
    let read: ReturnType<typeof readProtobuf>;
    try {
      read = readProtobuf(bytes, signal);
    } catch (error) {
      const details = `The message is not OTLP: ${errorMessage(error)}.`;
      return answer({ code: status.INVALID_ARGUMENT, details });
    }
    try {
      // Senders try again after this status, and not after others.
      if (this.acceptor.isFull) throw new Error('it is full');
      if (read.batch.length > 0) await this.acceptor.accept(read.batch);
      answer(null, partialSuccess(read.rejected));
    } catch {
      const details = 'The collector cannot store reports at the moment. Send them again.';
      answer({ code: status.UNAVAILABLE, details });
    }
  }
}

function definitionOf(name: string): ServiceDefinition {
  const asTheyAre = (bytes: unknown): Buffer => bytes as Buffer;
  return {
    Export: {
      path: `/opentelemetry.proto.collector.${name}/Export`,
      ...{ requestStream: false, responseStream: false },
      ...{ requestSerialize: asTheyAre, requestDeserialize: asTheyAre },
      responseSerialize: (bytes: unknown) => Buffer.from(bytes as Uint8Array),
      responseDeserialize: asTheyAre,
    },
  };
}

/** Resolves if a port can be listened on. */
async function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
