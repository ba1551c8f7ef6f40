// What does an activation of an async function weigh while it waits?
const never = new Promise(() => {});

async function wait(i) {
  await never;
  return i;
}

export function pending(count) {
  return Array.from({ length: count }, (_, i) => wait(i));
}
