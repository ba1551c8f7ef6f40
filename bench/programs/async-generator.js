// What does a step of an async generator cost?
async function* numbers(count) {
  for (let i = 0; i < count; i++) yield i;
}

export async function loop(count) {
  let sum = 0;
  for await (const number of numbers(count)) sum += number;
  return sum;
}
