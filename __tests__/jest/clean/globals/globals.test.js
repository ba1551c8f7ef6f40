// Globals that a suite replaces and puts back.
describe('the console', () => {
  let spy;
  beforeEach(() => {
    spy = jest.spyOn(console, 'log').mockImplementation(() => {});
  });
  afterEach(() => {
    spy.mockRestore();
  });

  test('is watched', async () => {
    await null;
    console.log('seen');
    expect(spy).toHaveBeenCalledWith('seen');
  });
});

describe('fetch', () => {
  const { fetch } = globalThis;
  afterEach(() => {
    globalThis.fetch = fetch;
  });

  test('is mocked', async () => {
    globalThis.fetch = jest.fn(async () => ({ json: async () => ({ name: 'ada' }) }));
    const response = await globalThis.fetch('/user');
    expect(await response.json()).toEqual({ name: 'ada' });
  });
});

test('a timer is watched', () => {
  const spy = jest.spyOn(globalThis, 'setTimeout');
  const timer = setTimeout(() => {}, 1000);
  clearTimeout(timer);
  expect(spy).toHaveBeenCalledTimes(1);
  spy.mockRestore();
});
