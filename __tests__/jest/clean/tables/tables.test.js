const words = async (text) => {
  await null;
  return text.split(' ').length;
};

describe.each([
  { unit: 'km', factor: 1000 },
  { unit: 'cm', factor: 0.01 },
])('in $unit', ({ factor }) => {
  beforeEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
  });

  test.each([1, 2, 3])('%d', async (n) => {
    await null;
    expect(n * factor).toBeCloseTo(factor * n);
  });
});

test.each`
  text         | count
  ${'one'}     | ${1}
  ${'one two'} | ${2}
`('"$text" has $count words', async ({ text, count }) => {
  expect(await words(text)).toBe(count);
});

test.each([['a', 1]])('with done: %s', (letter, n, done) => {
  setTimeout(() => {
    expect(letter.length).toBe(n);
    done();
  }, 1);
});

test.failing('fails as it is expected to', async () => {
  await null;
  expect(await words('one two')).toBe(1);
});

test.skip('is left out', () => {
  setInterval(() => {}, 1000);
});
test.todo('is to be written');
