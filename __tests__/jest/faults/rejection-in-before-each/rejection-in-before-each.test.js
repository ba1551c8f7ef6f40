describe('database', () => {
  let connects = 0;

  async function connect() {
    await new Promise((resolve) => setTimeout(resolve, 3));
    throw new Error('connection refused');
  }

  beforeEach(() => {
    // guilty
    if (connects++ === 0) connect().then((db) => db.open);
  });

  test('inserts', () => {});

  test('deletes', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
