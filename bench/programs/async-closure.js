// What does an async function cost that is made where it is called?
export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await (async () => i)();
  return sum;
}
