interface Line {
  readonly price: number;
}
type Told = (total: number) => void;

const waiting: Told[] = [];

async function total(lines: readonly Line[]): Promise<number> {
  await null;
  return lines.reduce((sum, { price }) => sum + price, 0);
}

test('typed carts total up', () => {
  void total([{ price: 1 }, { price: 2 }]).then((sum: number) => {
    // guilty
    setTimeout(() => {
      console.log('total', sum satisfies number);
      for (const tell of waiting) tell(sum);
    }, 2);
  });
});

test('typed carts are shown', async () => {
  expect(await new Promise<number>((resolve) => waiting.push(resolve))).toBe(3);
});
