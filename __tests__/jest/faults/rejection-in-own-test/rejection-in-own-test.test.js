async function send(part) {
  await null;
  if (part === 2) throw new Error('part 2 was refused');
  return part;
}

describe('upload', () => {
  test('sends its parts', async () => {
    await send(1);
    // guilty
    send(2);
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('is done', () => {});
});
