import { Readable } from 'node:stream';

describe('stream', () => {
  test('is piped', () => {
    const source = new Readable({ read() {} });
    source.on('data', () => {});
    // guilty
    setTimeout(() => source.destroy(new Error('cable was pulled')), 5);
  });

  test('is paused', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
