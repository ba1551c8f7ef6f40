const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let running = 0;
let most = 0;
async function work(ms) {
  most = Math.max(most, ++running);
  await pause(ms);
  running--;
}

describe('at once', () => {
  const order = [];

  beforeAll(async () => {
    await pause(1);
  });
  afterAll(() => {
    expect(most).toBeGreaterThan(1);
    expect(order).toHaveLength(4);
  });

  test.concurrent.each([5, 1, 3])('%d ms', async (ms) => {
    await work(ms);
    order.push(ms);
    expect(running).toBeLessThan(6);
  });

  test.concurrent('logs while it runs', async () => {
    await work(2);
    console.log('working');
    order.push('logged');
  });
});

test('alone', async () => {
  await work(1);
  expect(running).toBe(0);
});
