import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const definition = loadSync(fileURLToPath(new URL('stock.proto', import.meta.url)));

/** The client of the stock; its property `service` describes it for a server. */
export const stockService = grpc.loadPackageDefinition(definition).Stock;
