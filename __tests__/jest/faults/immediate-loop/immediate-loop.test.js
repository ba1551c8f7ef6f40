test('spins', () => {
  const spin = () => {
    // guilty
    setImmediate(spin);
  };
  spin();
});

test('innocent', () => new Promise((resolve) => setTimeout(resolve, 20)));
