// The page of size-async-context.js, which also logs events.
import { log, startTask } from '@throughline/runtime/xtrace';

async function load(path) {
  log('load', { path });
  const response = await fetch(path);
  return response.json();
}

startTask();
load('/cart').then((cart) => setTimeout(() => log('loaded', { items: cart.length }), 100));
