// Logs tasks of five events as fast as it can, with a turn of the event loop after every thousand events.
const now = () => process.hrtime.bigint();
const turn = () => new Promise((resolve) => setImmediate(resolve));

function task() {
  startTask();
  log('quote', { items: 10 });
  log('prices');
  log('stock');
  log('customer', { user: 'ada lovelace' });
  log('quoted', { sum: 4711 });
}

/** Returns what an event costs its caller and the process, in nanoseconds, and how many a second have arrived. */
export async function run(count) {
  const [begun, before] = [now(), process.cpuUsage()];
  let spent = 0n;
  for (let logged = 0; logged < count; logged += 1000) {
    const start = now();
    for (let i = 0; i < 200; i++) task();
    spent += now() - start;
    await turn();
    // A program that logs more than its collector takes would measure how it drops events.
    while (waiting() > 50_000) await turn();
  }
  const dropped = await arrived();
  const seconds = Number(now() - begun) / 1e9;
  const { user, system } = process.cpuUsage(before);
  return {
    call: Number(spent) / count,
    cpu: ((user + system) * 1000) / count,
    rate: count / seconds,
    dropped,
  };
}
