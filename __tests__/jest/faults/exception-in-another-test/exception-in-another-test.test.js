describe('game', () => {
  test('counts down', () => {
    let left = 3;
    // guilty
    const timer = setInterval(() => {
      if (--left > 0) return;
      clearInterval(timer);
      throw new Error('lift off');
    }, 2);
  });

  test('is won', async () => {
    await new Promise((resolve) => setTimeout(resolve, 40));
  });
});
