// Compiled with the option `generators: "creation"`.
import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { inMicrotask } from './harness/uncompiled';
import { read, user } from './slots';

const plain = construct('generators: creation');

plain('a body runs in the frame in which it was made', async () => {
  function* names(): Generator<string> {
    yield read();
    setLocal(user, 'eve');
    yield read();
  }
  setLocal(user, 'ada');
  const steps = names();
  setLocal(user, 'bob');
  const found = [steps.next().value as string, read()];
  await null;
  found.push(steps.next().value as string, read());
  equal(found, ['ada', 'bob', 'eve', 'bob']);
});

plain('yield* takes its steps there as well', async () => {
  function* inner(): Generator<string> {
    yield read();
    yield read();
  }
  function* outer(): Generator<string> {
    yield* inner();
  }
  setLocal(user, 'ada');
  const steps = outer();
  setLocal(user, 'bob');
  equal([...steps, read()], ['ada', 'ada', 'bob']);
});

const test = construct('async generators: creation');

test('a body runs in the frame in which it was made', async () => {
  async function* names(): AsyncGenerator<string> {
    yield read();
    await inMicrotask(() => {});
    yield read();
  }
  setLocal(user, 'ada');
  const steps = names();
  setLocal(user, 'bob');
  const found = [(await steps.next()).value as string, read()];
  found.push((await steps.next()).value as string, read());
  equal(found, ['ada', 'bob', 'ada', 'bob']);
  equal((await steps.next()).done, true);
});
