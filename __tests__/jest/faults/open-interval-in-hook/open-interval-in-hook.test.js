describe('scheduler', () => {
  const due = [];

  beforeAll(async () => {
    await null;
    // guilty
    setInterval(() => due.shift(), 1000);
  });

  test('takes what is due', () => {
    expect(due.shift()).toBeUndefined();
  });
});
