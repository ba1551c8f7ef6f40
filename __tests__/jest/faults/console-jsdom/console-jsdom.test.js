describe('menu', () => {
  test('closes on resize', () => {
    const button = document.createElement('button');
    document.body.append(button);
    button.addEventListener('click', () => {
      // guilty
      requestAnimationFrame(() => console.log('menu closed'));
    });
    button.click();
  });

  test('opens', async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
});
