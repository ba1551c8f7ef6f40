const { start } = require('./monitor');

test('monitor starts', () => {
  expect(start().beats).toBe(0);
});
