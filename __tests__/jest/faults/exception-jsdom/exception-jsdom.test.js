describe('form', () => {
  test('checks its fields', () => {
    // guilty
    window.setTimeout(() => {
      document.querySelector('#missing').focus();
    }, 5);
  });

  test('is sent', async () => {
    await new Promise((resolve) => window.setTimeout(resolve, 30));
  });
});
