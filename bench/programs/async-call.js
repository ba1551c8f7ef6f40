// What does a call of an async function that awaits once cost?
async function step(i) {
  return i + (await 1);
}

export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await step(i);
  return sum;
}
