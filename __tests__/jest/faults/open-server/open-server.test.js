import http from 'node:http';

function listen() {
  const server = http.createServer((request, response) => response.end('hello'));
  return new Promise((resolve) => {
    // guilty
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

describe('api', () => {
  test('answers', async () => {
    const server = await listen();
    const response = await fetch(`http://127.0.0.1:${server.address().port}`, {
      headers: { connection: 'close' },
    });
    expect(await response.text()).toBe('hello');
  });
});
