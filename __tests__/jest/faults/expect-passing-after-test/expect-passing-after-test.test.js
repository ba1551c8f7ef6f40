describe('order', () => {
  test('is empty', () => {
    const lines = [];
    // guilty
    setTimeout(() => {
      expect(lines).toHaveLength(0);
    }, 5);
  });

  test('is paid', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
