describe('order', () => {
  test('totals', () => {
    const lines = [];
    // guilty
    setTimeout(() => {
      expect(lines).toHaveLength(1);
    }, 5);
  });

  test('ships', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
