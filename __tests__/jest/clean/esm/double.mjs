export async function double(n) {
  await null;
  return n * 2;
}
