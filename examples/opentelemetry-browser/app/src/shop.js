import { step, within } from './tracing.js';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

for (const user of ['ada', 'bob']) {
  document.querySelector(`#${user}`).addEventListener('click', () => {
    void within(user, undefined, () => quote(user));
  });
}

async function quote(user) {
  step(`${user}: at once`, user);
  setTimeout(() => step(`${user}: in a timer`, user), 5);
  const [cart, prices] = await Promise.all([load(user, 'cart'), load(user, 'prices')]);
  step(`${user}: both loaded`, user);

  await pause(5);
  step(`${user}: after a pause`, user);
  requestAnimationFrame(() => step(`${user}: in a frame`, user));
  queueMicrotask(() => step(`${user}: in a microtask`, user));
  document.dispatchEvent(new CustomEvent('quoted', { detail: user }));

  try {
    await load(user, 'nothing');
  } catch {
    step(`${user}: after a failure`, user);
  }
  return cart.reduce((sum, { item, count }) => sum + prices[item] * count, 0);
}

document.addEventListener('quoted', ({ detail: user }) => step(`${user}: in a listener`, user));

function load(user, what) {
  const name = `${user}: load ${what}`;
  return within(name, user, async () => {
    const response = await fetch(`/${what}.json`);
    step(`${user}: ${what} arrived`, name);
    const body = await response.json();
    step(`${user}: ${what} read`, name);
    return body;
  });
}
