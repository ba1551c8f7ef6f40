// What does creating and calling an async closure cost?
export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await (async () => i)();
  return sum;
}
