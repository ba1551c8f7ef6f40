// What does a closure cost that is tied to where it was made? `spawned` is the context's own.
export function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += spawned(() => i)();
  return sum;
}
