async function decode(image) {
  await new Promise((resolve) => image.addEventListener('load', resolve));
  throw new Error('not a picture');
}

test('picture loads', () => {
  const image = document.createElement('img');
  document.body.append(image);
  // guilty
  decode(image);
});

test('picture is shown', async () => {
  document.querySelector('img').dispatchEvent(new Event('load'));
  await new Promise((resolve) => setTimeout(resolve, 5));
});
