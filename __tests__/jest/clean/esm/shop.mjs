export async function price() {
  await null;
  return 3;
}
