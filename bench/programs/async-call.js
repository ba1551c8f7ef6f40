// What does an activation of an async function cost that waits once?
async function step(i) {
  return i + (await 1);
}

export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await step(i);
  return sum;
}
