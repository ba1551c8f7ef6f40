import { Server, ServerCredentials } from '@grpc/grpc-js';

const json = {
  requestDeserialize: (bytes) => JSON.parse(bytes.toString()),
  responseSerialize: (value) => Buffer.from(JSON.stringify(value)),
};
const unary = { requestStream: false, responseStream: false };
const shop = { Quote: { path: '/Shop/Quote', ...unary, ...json } };

async function answer(call, respond) {
  respond(null, await quote(call.request));
}

export function listen(told) {
  const server = new Server({ interceptors });
  server.addService(shop, { Quote: (call, respond) => inContext(() => answer(call, respond)) });
  const credentials = ServerCredentials.createInsecure();
  server.bindAsync('127.0.0.1:0', credentials, (error, port) => told(error ?? port));
}
