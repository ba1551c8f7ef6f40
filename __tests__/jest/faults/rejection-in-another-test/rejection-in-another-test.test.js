let refuse;
const printer = new Promise((_, reject) => (refuse = reject));

async function print() {
  await printer;
}

describe('invoice', () => {
  test('is printed', () => {
    // guilty
    print();
  });

  test('is mailed', async () => {
    refuse(new Error('out of paper'));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
