// What does one `then` in a promise chain cost?
export function loop(count) {
  let chain = Promise.resolve(0);
  for (let i = 0; i < count; i++) chain = chain.then((sum) => sum + i);
  return chain;
}
