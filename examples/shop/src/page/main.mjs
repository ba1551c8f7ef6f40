import { startTask } from '@throughline/runtime/xtrace';

const output = document.querySelector('output');

document.querySelector('button').addEventListener('click', async () => {
  // Each order is a task of its own. Without this line, it belongs to the task of the page.
  startTask();
  output.textContent = 'One moment …';
  const response = await fetch('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: ['tea', 'tea', 'milk'] }),
  });
  output.textContent = (await response.json()).text;
});
