test('clock is set', () => {
  // guilty
  setTimeout(() => {
    throw new Error('no battery');
  }, 100);
});

test('clock is read', () => {});
