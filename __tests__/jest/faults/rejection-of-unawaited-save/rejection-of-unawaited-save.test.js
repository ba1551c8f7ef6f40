async function save(name) {
  await new Promise((resolve) => setTimeout(resolve, 3));
  throw new Error(`${name}: disk is full`);
}

describe('profile', () => {
  test('keeps its name', async () => {
    const profile = { name: 'ada' };
    await null;
    // guilty
    save(profile.name);
    expect(profile.name).toBe('ada');
  });

  test('keeps its picture', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
