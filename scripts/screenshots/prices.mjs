// A service that knows prices. It looks for two things at once.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { operation } from '@throughline/runtime/operations';

const query = (sql, ms) => operation(sql, { kind: 'client' }, () => pause(ms));

createServer(async (request, response) => {
  if (request.url === '/health') return response.end();
  await Promise.all([query('SELECT prices', 9), query('SELECT discounts', 15)]);
  response.end('{"prices":[3,4]}');
}).listen(Number(process.env['PRICES_PORT']), '127.0.0.1');
