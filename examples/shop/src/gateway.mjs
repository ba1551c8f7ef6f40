// Serves the page and takes its orders. Asks the stock for all items at once, and then has all of them packed.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import express from 'express';
import { listening } from './listening.mjs';
import { stockService } from './stock-service.mjs';

const stock = new stockService(process.env.STOCK, grpc.credentials.createInsecure());
const reserve = promisify(stock.reserve.bind(stock));

const app = express();
app.use(express.json());
app.use(express.static(fileURLToPath(new URL('../dist', import.meta.url))));

app.get('/', async (_request, response) => {
  const page = await readFile(new URL('page/index.html', import.meta.url), 'utf8');
  // The page sends its events where the services send theirs.
  response.type('html').send(page.replace('4080', process.env.THROUGHLINE_WEB_PORT ?? '4080'));
});

app.post('/orders', async (request, response) => {
  const { items } = request.body;
  await Promise.all(items.map((item) => reserve({ item })));
  console.log('everything is reserved');
  const parcels = await Promise.all(items.map(pack));
  const count = new Set(parcels).size;
  const text = `${items.length} items in ${count} ${count === 1 ? 'parcel' : 'parcels'}`;
  response.json({ text });
});

/** Returns the number of the parcel that an item is in. */
async function pack(item) {
  const response = await fetch(`http://${process.env.PACKING}/items/${item}`, { method: 'POST' });
  return (await response.json()).parcel;
}

const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  listening(server.address().port);
});
