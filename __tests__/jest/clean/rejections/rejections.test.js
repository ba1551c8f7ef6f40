// Every rejection here is handled, some of them late.
const fail = async (why) => {
  await null;
  throw new Error(why);
};

test('is handled in another place', async () => {
  const failed = fail('first');
  const handled = failed.catch((error) => error.message);
  expect(await handled).toBe('first');
});

test('is handled by a chain that nobody awaits', () => {
  fail('second').catch(() => {});
});

test('is handled by the losers of a race', async () => {
  const never = fail('third');
  await expect(Promise.any([never, Promise.resolve(1)])).resolves.toBe(1);
});

test('is expected where it is thrown', () => {
  expect(() => {
    throw new Error('fourth');
  }).toThrow('fourth');
});
