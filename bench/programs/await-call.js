// What does an `await` of an async function cost, in a loop that does nothing else?
async function step(i) {
  return i;
}

export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await step(i);
  return sum;
}
