// What does calling a function with a value set cost? Each context defines its own `runWith`.
export function loop(count) {
  let sum = 0;
  const add = () => {
    sum += 1;
  };
  for (let i = 0; i < count; i++) runWith(i, add);
  return sum;
}
