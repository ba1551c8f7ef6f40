// A service that shows carts. It asks for three things at once, and then looks whether they can be sent.
import express from 'express';
import { setTimeout as pause } from 'node:timers/promises';
import { operation } from '@throughline/runtime/operations';

const query = (sql, ms) => operation(sql, { kind: 'client' }, () => pause(ms));
const app = express();

app.get('/health', (_request, response) => response.end());
app.get('/carts/:id', async (request, response) => {
  await query('SELECT user', 6);
  const [answer] = await Promise.all([
    fetch(`http://127.0.0.1:${process.env['PRICES_PORT']}/prices`),
    query('SELECT carts', 12),
    query('SELECT items', 18),
  ]);
  const { prices } = await answer.json();
  console.log(`cart ${request.params.id}: ${prices.length} items`);
  await query('SELECT stock', 7);
  response.json({ total: prices.reduce((sum, one) => sum + one) });
});
app.get('/stock', async () => {
  await query('SELECT stock', 5);
  throw new Error('the shelf is empty');
});
// Express tells handlers of errors by their four parameters.
app.use((error, _request, response, next) => {
  if (response.headersSent) next(error);
  else response.status(500).end();
});

app.listen(Number(process.env['SHOP_PORT']), '127.0.0.1');
