test('mail is queued', () => {
  // guilty
  setTimeout(() => console.log('mail went out'), 100);
});

test('mail is read', () => {});
