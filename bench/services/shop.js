// The logic of both services: take a cart, look up three things concurrently, each with a turn of the event loop as
// a database query has, and return a quote. Logs five events per request when the X-Trace client is connected.
const prices = new Map(Array.from({ length: 500 }, (_, i) => [`item-${i}`, (i * 37) % 1000]));

function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

async function priceOf(items) {
  await turn();
  log('prices');
  return items.map(({ id, count }) => ({ id, count, price: prices.get(id) * count }));
}

async function stockOf(items) {
  await turn();
  log('stock');
  return new Map(items.map(({ id, count }) => [id, count < 9]));
}

async function customerOf(user) {
  await turn();
  log('customer', { user });
  return { user, discount: user.length % 10 };
}

export async function quote({ user, items }) {
  log('quote', { items: items.length });
  const [lines, stock, customer] = await Promise.all([
    priceOf(items),
    stockOf(items),
    customerOf(user),
  ]);
  const sum = lines.reduce((total, { price }) => total + price, 0);
  log('quoted', { sum });
  return {
    ...{ customer, sum: sum * (1 - customer.discount / 100) },
    lines: lines.map((line) => ({ ...line, available: stock.get(line.id) })),
  };
}
