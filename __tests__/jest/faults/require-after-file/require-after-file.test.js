test('plugin is found', () => {
  // guilty
  setTimeout(() => require('./plugin'), 100);
});

test('plugin is used', () => {});
