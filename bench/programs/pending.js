// How much memory does a pending call of an async function take?
const never = new Promise(() => {});

async function wait(i) {
  await never;
  return i;
}

export function pending(count) {
  return Array.from({ length: count }, (_, i) => wait(i));
}
