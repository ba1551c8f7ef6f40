// Packs items. What arrives within a moment goes into one parcel.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { BatchQueue } from './batch-queue.mjs';
import { listening } from './listening.mjs';

let parcels = 0;
const queue = new BatchQueue(async (items) => {
  console.log(`packed: ${items.join(', ')}`);
  await pause(6);
  return ++parcels;
});

const server = createServer(async (request, response) => {
  const parcel = await queue.add(request.url.split('/').at(-1));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ parcel }));
});
server.listen(0, '127.0.0.1', () => listening(server.address().port));
