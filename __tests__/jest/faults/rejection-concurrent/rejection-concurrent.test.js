import { EventEmitter, once } from 'node:events';

const index = new EventEmitter();

async function look(word) {
  await new Promise((resolve) => setImmediate(resolve));
  if (word === 'nothing') throw new Error('no such word');
  return [word];
}

describe('search', () => {
  test.concurrent('finds a word', async () => {
    expect(await look('word')).toEqual(['word']);
    await once(index, 'closed');
  });

  test.concurrent('finds nothing', async () => {
    await null;
    // guilty
    look('nothing');
    await new Promise((resolve) => setTimeout(resolve, 5));
    index.emit('closed');
  });
});
