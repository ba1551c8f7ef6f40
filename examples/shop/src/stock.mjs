// Reserves items. Whoever reserves an item locks its shelf, and lets one of two threads count what is left.
import grpc from '@grpc/grpc-js';
import { listening } from './listening.mjs';
import { Lock } from './lock.mjs';
import { stockService } from './stock-service.mjs';
import { ThreadPool } from './thread-pool.mjs';

const counters = new ThreadPool(new URL('count.mjs', import.meta.url), 2);
const shelves = new Map();

async function reserve(item) {
  if (!shelves.has(item)) shelves.set(item, new Lock());
  const unlock = await shelves.get(item).acquire();
  console.log(`${item}: shelf locked`);
  try {
    return await counters.run(item);
  } finally {
    console.log(`${item}: unlocked`);
    unlock();
  }
}

const server = new grpc.Server();
server.addService(stockService.service, {
  reserve: ({ request }, callback) => {
    reserve(request.item).then((left) => callback(null, { left }), callback);
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  listening(port);
});
