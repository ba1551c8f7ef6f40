// Bags follow the program: what branches add is joined where the branches join, and nobody else sees it.
import { register } from '@throughline/runtime/baggage';

const slow = register('slow', 'flag');
const hops = register('hops', 'counter');
const tenants = register('tenants', 'set');
const deadline = register('deadline', 'min');
const depth = register('depth', 'max');

const inTurn = async (work: () => void): Promise<void> => {
  await null;
  work();
};

test('branches add to a bag on their own, and everything is there after a join', async () => {
  hops.add(2);
  await Promise.all([
    inTurn(() => (hops.add(), tenants.add('ada'), deadline.note(7), depth.note(7))),
    inTurn(() => (hops.add(3), tenants.add('bob'), deadline.note(3), depth.note(3), slow.raise())),
  ]);

  expect([hops.get(), [...tenants.get()].sort(), slow.get()]).toEqual([6, ['ada', 'bob'], true]);
  expect([deadline.get(), depth.get()]).toEqual([3, 7]);
});

test('what a branch has added is not seen by its siblings', async () => {
  const seen: number[] = [];
  await Promise.all([
    inTurn(() => hops.add(5)),
    (async () => {
      await null;
      await null;
      seen.push(hops.get());
    })(),
  ]);
  expect(seen).toEqual([0]);
});
