import { write, written } from './report';

describe('reports', () => {
  test('are written in the end', async () => {
    await null;
    // chain
    write('totals');
  });

  test('are read', async () => {
    await written;
  });
});
