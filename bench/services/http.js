import { createServer } from 'node:http';

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    request.on('error', reject);
  });
}

async function answer(request, response) {
  startTask();
  const text = JSON.stringify(await quote(await bodyOf(request)));
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

export function listen(told) {
  const server = createServer((request, response) => inContext(() => answer(request, response)));
  server.listen(0, '127.0.0.1', () => told(server.address().port));
}
