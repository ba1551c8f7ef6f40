const entries = new Map();

function keep(key, value) {
  entries.set(key, value);
  // guilty
  setTimeout(() => entries.delete(key), 600_000);
}

describe('cache', () => {
  test('forgets in time', () => {
    keep('a', 1);
    expect(entries.get('a')).toBe(1);
  });

  test('forgets at once', () => {
    entries.clear();
    expect(entries.size).toBe(0);
  });
});
