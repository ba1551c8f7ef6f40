import { start } from './monitor';

test('monitor starts', () => {
  expect(start().beats).toBe(0);
});
