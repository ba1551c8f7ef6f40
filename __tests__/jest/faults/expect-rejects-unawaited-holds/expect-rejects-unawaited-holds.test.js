async function login(word) {
  await new Promise((resolve) => setTimeout(resolve, 3));
  if (word !== 'open sesame') throw new Error('refused');
}

describe('login', () => {
  test('refuses a wrong word', () => {
    // guilty
    expect(login('please')).rejects.toThrow('refused');
  });

  test('lets one in', async () => {
    await login('open sesame');
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
