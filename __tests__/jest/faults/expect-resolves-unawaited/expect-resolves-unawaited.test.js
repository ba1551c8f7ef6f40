async function count() {
  await new Promise((resolve) => setTimeout(resolve, 3));
  return 7;
}

describe('query', () => {
  test('counts rows', () => {
    // guilty
    expect(count()).resolves.toBe(8);
  });

  test('sorts rows', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
