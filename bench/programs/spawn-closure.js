// What does binding a closure to the current context cost? Each context defines its own `spawned`.
export function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += spawned(() => i)();
  return sum;
}
