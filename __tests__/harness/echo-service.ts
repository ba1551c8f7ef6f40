import { loadPackageDefinition } from '@grpc/grpc-js';
import type {
  ClientUnaryCall,
  Metadata,
  sendUnaryData,
  ServerUnaryCall,
  ServiceClientConstructor,
  ServiceError,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

export interface Text {
  text: string;
}
export type EchoHandler = (
  call: ServerUnaryCall<Text, Text>,
  respond: sendUnaryData<Text>,
) => unknown;

type Callback = (error: ServiceError | null, answer?: Text) => void;
export interface EchoClient {
  echo(request: Text, callback: Callback): ClientUnaryCall;
  echo(request: Text, metadata: Metadata, callback: Callback): ClientUnaryCall;
}

// service Echo { rpc Echo(Text) returns (Text); }   message Text { string text = 1; }
const definition = {
  nested: {
    Echo: { methods: { Echo: { requestType: 'Text', responseType: 'Text' } } },
    Text: { fields: { text: { type: 'string', id: 1 } } },
  },
};
const loaded = loadPackageDefinition(fromJSON(definition as never, { defaults: true }));

/** A service of one unary method. */
export const Echo = loaded['Echo'] as unknown as ServiceClientConstructor;
