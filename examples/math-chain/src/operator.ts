import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { clientInterceptor, serverInterceptor } from '@throughline/runtime/grpc';

/** A proto3 int64, as a string: JavaScript numbers hold only 53 bits. */
export interface Int {
  num: string;
}

/** The method that the package definition adds to a client. */
interface Client {
  performOp(request: Int, callback: (error: Error | null, answer: Int) => void): void;
}

type Handler = (argument: bigint) => Promise<bigint>;

// service Operator { rpc PerformOp(Int) returns (Int); }   message Int { int64 num = 1; }
// Cast below: the library's types allow a namespace only at the root.
const definition = {
  nested: {
    main: {
      nested: {
        Operator: { methods: { PerformOp: { requestType: 'Int', responseType: 'Int' } } },
        Int: { fields: { num: { type: 'int64', id: 1 } } },
      },
    },
  },
};
const loaded = loadPackageDefinition(
  fromJSON(definition as never, { longs: String, defaults: true }),
);
const Operator = (loaded['main'] as unknown as { Operator: ServiceClientConstructor }).Operator;

/** Returns a function that calls the service at an address such as `:1234`. */
export function connectTo(address: string): (argument: bigint) => Promise<bigint> {
  const client = new Operator(withHost(address), credentials.createInsecure(), {
    interceptors: [clientInterceptor],
  }) as unknown as Client;

  return (argument) =>
    new Promise((resolve, reject) => {
      client.performOp({ num: String(argument) }, (error, answer) => {
        if (error) reject(error);
        else resolve(BigInt(answer.num));
      });
    });
}

/** Serves a handler; resolves to the port when it is listening. */
export function serve(address: string, handler: Handler): Promise<number> {
  const server = new Server({ interceptors: [serverInterceptor] });
  server.addService(Operator.service, {
    performOp: async (call: ServerUnaryCall<Int, Int>, respond: sendUnaryData<Int>) => {
      try {
        const result = await handler(BigInt(call.request.num));
        respond(null, { num: String(result) });
      } catch (error) {
        respond({ code: codeOf(error), details: (error as Error).message });
      }
    },
  });
  return new Promise((resolve, reject) => {
    server.bindAsync(withHost(address), ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Returns the status of a failure: a `RangeError` is the caller's fault, a failed call keeps its own code. */
function codeOf(error: unknown): status {
  if (error instanceof RangeError) return status.INVALID_ARGUMENT;
  return (error as { code?: status }).code ?? status.UNKNOWN;
}

function withHost(address: string): string {
  return address.startsWith(':') ? `127.0.0.1${address}` : address;
}
