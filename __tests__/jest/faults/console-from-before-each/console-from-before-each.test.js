describe('session', () => {
  let beats = 0;
  let stop;
  const third = new Promise((resolve) => (stop = resolve));
  let started = false;

  beforeEach(() => {
    if (started) return;
    started = true;
    // guilty
    const timer = setInterval(() => {
      console.log('heart beat', ++beats);
      if (beats < 3) return;
      clearInterval(timer);
      stop();
    }, 2);
  });

  test('begins', () => {});

  test('goes on', async () => {
    await third;
  });
});
