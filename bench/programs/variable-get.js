// What does reading a value cost? `read` is the context's own.
export function loop(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += read();
  return sum;
}
