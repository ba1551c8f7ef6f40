import { readFile } from 'node:fs';
import { promisify } from 'node:util';

const read = promisify(readFile);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function fetchPart(id) {
  await pause(id % 3);
  if (id === 13) throw new RangeError(`no part ${id}`);
  return { id, weight: id * 2 };
}

async function* parts(from, to) {
  for (let id = from; id < to; id++) yield await fetchPart(id);
}

describe('parts', () => {
  test('come all at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, id) => fetchPart(id)));
    expect(all.reduce((sum, { weight }) => sum + weight, 0)).toBe(132);
  });

  test('come one by one', async () => {
    const ids = [];
    for await (const { id } of parts(0, 5)) ids.push(id);
    expect(ids).toEqual([0, 1, 2, 3, 4]);
  });

  test('are missing', async () => {
    await expect(fetchPart(13)).rejects.toThrow(RangeError);
    const [one, two] = await Promise.allSettled([fetchPart(1), fetchPart(13)]);
    expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
  });

  test('race', async () => {
    let finish;
    const slow = new Promise((resolve) => (finish = resolve)).then(() => 'slow');
    expect(await Promise.race([slow, pause(1).then(() => 'fast')])).toBe('fast');
    finish();
    await slow;
  });

  test('are read', async () => {
    expect(await read(__filename, 'utf8')).toContain('are read');
  });
});
