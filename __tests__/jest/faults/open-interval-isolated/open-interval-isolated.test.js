describe('plugin', () => {
  test('is loaded afresh', () => {
    let first;
    let second;
    jest.isolateModules(() => {
      first = require('./plugin');
    });
    jest.isolateModules(() => {
      second = require('./plugin');
    });
    first.close();
    expect(first).not.toBe(second);
  });
});
