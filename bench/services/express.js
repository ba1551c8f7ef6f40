// A service that knows nothing of tracing: takes a cart, asks two others side by side and a third after them.
import express from 'express';

const app = express();
app.use(express.json());

async function ask(path) {
  const response = await fetch(process.env.INNER + path);
  return response.json();
}

app.post('/', async (request, response) => {
  const { user, items } = request.body;
  const [prices, stock] = await Promise.all([ask('/prices'), ask('/stock')]);
  const customer = await ask(`/customers/${user.length}`);
  response.json({ customer, lines: items.map((item) => ({ ...item, ...prices, ...stock })) });
});

export const ready = undefined;

export function listen(told) {
  const server = app.listen(0, '127.0.0.1', () => told(server.address().port));
}
