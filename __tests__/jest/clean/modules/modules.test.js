describe('modules', () => {
  beforeEach(() => {
    jest.resetModules();
  });

  test('are loaded again', async () => {
    const first = require('./store');
    jest.resetModules();
    const second = require('./store');
    expect(second).not.toBe(first);
    await Promise.all([first.put('a', 1), second.put('a', 2)]);
    expect([first.get('a'), second.get('a')]).toEqual([1, 2]);
  });

  test('are isolated', () => {
    let inside;
    jest.isolateModules(() => {
      inside = require('./store');
    });
    expect(inside).not.toBe(require('./store'));
  });

  test('are isolated while something waits', async () => {
    await jest.isolateModulesAsync(async () => {
      const { put, get } = require('./store');
      await put('b', 3);
      expect(get('b')).toBe(3);
    });
  });

  test('are mocked', async () => {
    jest.doMock('./store', () => ({ get: () => 'mocked', put: async () => {} }));
    const { get, put } = require('./store');
    await put('c', 4);
    expect(get('c')).toBe('mocked');
    jest.dontMock('./store');
  });
});
