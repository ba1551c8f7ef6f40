// A day's worth of requests, as fast as they come: each has a task, three parts that run side by side, and five events.
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function part(name) {
  await undefined;
  log(name);
  return name.length;
}

async function request(n) {
  startTask();
  log('request', { n });
  const parts = await Promise.all([part('prices'), part('stock'), part('customer')]);
  log('answered', { sum: parts.reduce((sum, one) => sum + one, n) });
}

/** Does so many requests, a hundred at a time. */
export async function run(count) {
  for (let i = 0; i < count; i += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, k) => inContext(() => request(i + k))));
    await turn();
    while (waiting() > 20_000) await turn();
  }
  await arrived();
}
