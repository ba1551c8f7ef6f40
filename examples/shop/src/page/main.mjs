const output = document.querySelector('output');

document.querySelector('button').addEventListener('click', async () => {
  output.textContent = 'One moment …';
  const response = await fetch('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: ['tea', 'tea', 'milk'] }),
  });
  output.textContent = (await response.json()).text;
});
