// What does one element of a `Promise.all` cost?
const parts = Array.from({ length: 100 }, (_, i) => i);

async function part(i) {
  return i;
}

export async function loop(count) {
  let sum = 0;
  for (let done = 0; done < count; done += parts.length) {
    const all = await Promise.all(parts.map(part));
    sum += all[all.length - 1];
  }
  return sum;
}
