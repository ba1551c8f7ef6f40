import { register } from '@throughline/runtime';
import { runSync, spawn } from '@throughline/runtime/compiled';

// In a file of its own: the slot stays registered.
test('a factory that throws does not reach the program that spawns', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => {});
  register(() => {
    throw new Error('factory');
  });

  await expect(runSync(async () => 'ran')).resolves.toBe('ran');
  expect(spawn(() => 'ran')()).toBe('ran');
  said.mockRestore();
});
