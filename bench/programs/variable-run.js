// What does it cost to call a function with a value? `runWith` is the context's own.
export function loop(count) {
  let sum = 0;
  const add = () => {
    sum += 1;
  };
  for (let i = 0; i < count; i++) runWith(i, add);
  return sum;
}
