test('the program handles what nobody handled', async () => {
  const seen = [];
  const listener = (error) => seen.push(error.message);
  process.on('unhandledRejection', listener);
  Promise.reject(new Error('sold out'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', listener);
  expect(seen).toEqual(['sold out']);
});
