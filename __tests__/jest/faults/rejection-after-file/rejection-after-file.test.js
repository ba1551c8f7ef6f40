async function save() {
  throw new Error('disk is full');
}

test('note is kept', () => {
  // guilty
  setTimeout(() => void save(), 100);
});

test('note is read', () => {});
