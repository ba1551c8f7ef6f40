async function load(id) {
  await new Promise((resolve) => setImmediate(resolve));
  return { id, name: 'ada' };
}

describe('user', () => {
  test('has a name', () => {
    // guilty
    load(1).then((user) => {
      expect(user.name).toBe('grace');
    });
  });

  test('has an id', async () => {
    expect((await load(2)).id).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
