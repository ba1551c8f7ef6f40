// Starts the shop: two services, and the gateway in front of them. With --once, it orders something, and ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const children = [];

const stock = await start('stock.mjs');
const packing = await start('packing.mjs');
const gateway = await start('gateway.mjs', { STOCK: stock, PACKING: packing });

if (values.once) {
  const response = await fetch(`http://${gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: ['tea', 'tea', 'milk'] }),
  });
  console.log((await response.json()).text);
  for (const child of children) child.disconnect();
} else {
  console.log(`The shop is open at http://${gateway}. Order something, then look at the tasks.`);
}

/** Starts a service, and returns its address when it listens. */
async function start(file, env = {}) {
  const child = fork(new URL(file, import.meta.url), { env: { ...process.env, ...env } });
  children.push(child);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start`)));
  const [address] = await Promise.race([once(child, 'message'), ended]);
  return address;
}
