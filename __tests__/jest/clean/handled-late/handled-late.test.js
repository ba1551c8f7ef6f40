// Node reports these rejections before anybody handles them; Jest is told to wait and see.
async function refuse(what) {
  await null;
  throw new Error(`no ${what}`);
}

test('is handled later in its test', async () => {
  const refused = refuse('bolts');
  await new Promise((resolve) => setImmediate(resolve));
  await expect(refused).rejects.toThrow('no bolts');
});

test('is over', () => {});
