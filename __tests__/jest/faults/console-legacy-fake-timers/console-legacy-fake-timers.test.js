beforeAll(() => {
  jest.useFakeTimers({ legacyFakeTimers: true });
});

describe('poll', () => {
  test('asks every second', () => {
    // guilty
    setInterval(() => console.log('asked'), 1000);
    expect(jest.getTimerCount()).toBe(1);
  });

  test('gives up', () => {
    const gaveUp = jest.fn();
    setTimeout(gaveUp, 2500);
    jest.advanceTimersByTime(2500);
    expect(gaveUp).toHaveBeenCalledTimes(1);
  });
});
