describe('banner', () => {
  // guilty
  test('hides after a while', () => {
    jest.useFakeTimers();
    setTimeout(() => {}, 1000);
  });

  test('is shown', () => {
    jest.useRealTimers();
  });

  test('hides at last', () => {
    jest.useFakeTimers();
    setTimeout(() => {}, 1000);
    jest.runAllTimers();
    jest.useRealTimers();
  });
});
