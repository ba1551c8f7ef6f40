// What both services do: a cart comes in, three things are looked up side by side, each with a turn of the
// event loop as a database has it, and a quote goes out. Five events a request, where there is a client.
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
