describe('clock', () => {
  let ticks = 0;
  // guilty
  setInterval(() => ticks++, 1000);

  test('stands at first', () => {
    expect(ticks).toBe(0);
  });
});
