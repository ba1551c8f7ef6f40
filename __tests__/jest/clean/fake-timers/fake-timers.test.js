describe('modern', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('advance', () => {
    const called = jest.fn();
    setTimeout(called, 1000);
    const interval = setInterval(called, 300);
    jest.advanceTimersByTime(1000);
    clearInterval(interval);
    expect(called).toHaveBeenCalledTimes(4);
  });

  test('advance while somebody waits', async () => {
    const late = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      return Date.now();
    })();
    const before = Date.now();
    await jest.advanceTimersByTimeAsync(5000);
    expect(await late).toBe(before + 5000);
  });

  test('are thrown away', () => {
    setInterval(() => console.log('never'), 1000);
    jest.clearAllTimers();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('are left behind: real ones come back', () => {
    setTimeout(() => console.log('never'), 1000);
    expect(jest.getTimerCount()).toBe(1);
  });
});

test('legacy', () => {
  jest.useFakeTimers({ legacyFakeTimers: true });
  const called = jest.fn();
  setTimeout(called, 1000);
  setImmediate(called);
  jest.runAllTimers();
  jest.useRealTimers();
  expect(called).toHaveBeenCalledTimes(2);
});
