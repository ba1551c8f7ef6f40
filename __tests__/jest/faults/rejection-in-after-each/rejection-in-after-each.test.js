import { rm } from 'node:fs/promises';

describe('files', () => {
  let first = true;

  afterEach(() => {
    if (!first) return;
    first = false;
    // guilty
    rm('no/such/folder/of/this/test');
  });

  test('are made', () => {});

  test('are moved', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
