// What does an `await` itself cost, in a loop that does nothing else?
export async function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await i;
  return sum;
}
