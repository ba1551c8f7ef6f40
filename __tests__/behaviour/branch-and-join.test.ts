import { getLocal, register, setLocal } from '@throughline/runtime';

const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const user = register('nobody');

async function note(name: string): Promise<void> {
  await null;
  setLocal(seen, [...getLocal(seen), name]);
}

test('an await takes in what the awaited strand ended with', async () => {
  await note('a');

  expect(getLocal(seen)).toEqual(['a']);
});

test('Promise.all takes in every part', async () => {
  await Promise.all([note('a'), note('b')]);

  expect(getLocal(seen)).toEqual(['a', 'b']);
});

test('what an async function sets is not seen by its caller', async () => {
  const set = async (): Promise<void> => setLocal(user, 'ada');
  await set();

  expect(getLocal(user)).toBe('nobody');
});
