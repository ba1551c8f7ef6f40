import { readFile } from 'node:fs/promises';

async function lease(file) {
  const text = await readFile(file, 'utf8');
  await null;
  // guilty
  setInterval(() => text.length, 1000);
  return text.length;
}

test('lease is renewed', async () => {
  // chain
  expect(await lease(__filename)).toBeGreaterThan(0);
});
