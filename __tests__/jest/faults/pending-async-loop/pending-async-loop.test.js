describe('worker', () => {
  const jobs = [];
  let wake = () => {};
  let running = false;

  async function loop() {
    for (;;) {
      await new Promise((resolve) => (wake = resolve));
      jobs.shift();
    }
  }

  beforeEach(() => {
    if (running) return;
    running = true;
    // guilty
    loop();
  });

  test('takes a job', () => {
    jobs.push('job');
    wake();
  });

  test('rests', () => {
    expect(jobs).toEqual([]);
  });
});
