test('innocent', () => new Promise((resolve) => setTimeout(resolve, 5)));

test('polls for ever', () => {
  (function poll() {
    // guilty
    setTimeout(poll, 5);
  })();
});

test('innocent too', () => new Promise((resolve) => setTimeout(resolve, 50)));
