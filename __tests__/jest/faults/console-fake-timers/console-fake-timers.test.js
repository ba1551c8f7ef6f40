describe('banner', () => {
  beforeAll(() => {
    jest.useFakeTimers();
  });
  afterAll(() => {
    jest.useRealTimers();
  });

  test('hides after a while', () => {
    // guilty
    setTimeout(() => console.log('hidden'), 3000);
  });

  test('shows again', () => {
    const shown = jest.fn();
    setTimeout(shown, 5000);
    jest.advanceTimersByTime(5000);
    expect(shown).toHaveBeenCalledTimes(1);
  });
});
