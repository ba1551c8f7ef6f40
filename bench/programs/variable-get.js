// What does reading a value cost? Each context defines its own `read`.
export function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += read();
  return sum;
}
