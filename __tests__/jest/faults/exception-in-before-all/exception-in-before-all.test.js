describe('clock', () => {
  beforeAll(() => {
    // guilty
    setTimeout(() => {
      throw new Error('the clock is not wound');
    }, 5);
  });

  test('ticks', () => {});

  test('strikes', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
