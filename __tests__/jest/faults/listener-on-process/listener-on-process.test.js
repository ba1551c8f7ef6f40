function start() {
  const server = { stopped: false };
  // guilty
  process.on('SIGUSR2', () => {
    server.stopped = true;
  });
  return server;
}

describe('server', () => {
  test('stops at a signal', () => {
    expect(start().stopped).toBe(false);
  });

  test('counts its listeners', () => {
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });
});
