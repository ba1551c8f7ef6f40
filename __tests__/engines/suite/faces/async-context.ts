import { AsyncContext } from '../../../../runtime/src/faces/async-context';
import { construct } from '../harness/construct';
import { EventEmitter } from '../harness/emitter';
import { equal, throws } from '../harness/equal';
import { inTurn } from '../harness/uncompiled';
import { rejects } from '../rejects';
import { fail } from '../slots';

const variable = construct('AsyncContext.Variable');
const user = new AsyncContext.Variable<string>({ name: 'user', defaultValue: 'nobody' });

async function late(): Promise<string | undefined> {
  await null;
  return user.get();
}

variable('run holds in the call and in all that it starts', async () => {
  const found = await user.run('ada', async () => {
    const values = [user.get(), await late()];
    await inTurn(() => {});
    values.push(user.get());
    await Promise.resolve().then(() => values.push(user.get()));
    return values;
  });
  equal(found, ['ada', 'ada', 'ada', 'ada']);
  equal(user.get(), 'nobody');
});

variable('run gives what the call gives, and passes its arguments on', () => {
  equal(
    user.run('ada', (a: number, b: number) => a + b, 1, 2),
    3,
  );
  throws(() => user.run('ada', fail), Error);
  equal(user.get(), 'nobody');
});

variable('runs nest, side by side and one in the other', async () => {
  const both = await user.run('ada', () =>
    Promise.all([user.run('bob', late), late(), user.run('cleo', late)]),
  );
  equal(both, ['bob', 'ada', 'cleo']);
});

variable('it holds after a rejected await, and is gone in code that was not compiled', async () => {
  const found: unknown[] = [];
  await rejects(
    user.run('ada', async () => {
      try {
        await inTurn(fail);
      } finally {
        found.push(user.get());
        found.push(await inTurn(() => user.get()));
      }
    }),
    'boom',
  );
  equal(found, ['ada', 'nobody']);
});

variable('a listener sees its trigger', () => {
  const emitter = new EventEmitter();
  const found: unknown[] = [];
  user.run('ada', () => emitter.on('x', () => found.push(user.get())));
  user.run('bob', () => emitter.emit('x'));
  equal(found, ['bob']);
});

variable('two variables are two values', async () => {
  const other = new AsyncContext.Variable<number>();
  equal([other.get(), other.name], [undefined, '']);
  await user.run('ada', () =>
    other.run(1, async () => {
      await null;
      equal([user.get(), other.get()], ['ada', 1]);
    }),
  );
  equal(
    [user.name, Object.prototype.toString.call(user)],
    ['user', '[object AsyncContext.Variable]'],
  );
});

const snapshot = construct('AsyncContext.Snapshot');

snapshot('it runs functions with the values of where it was made', async () => {
  const kept = user.run('ada', () => new AsyncContext.Snapshot());
  equal(
    user.run('bob', () => kept.run((word: string) => `${word} ${user.get()}`, 'hello')),
    'hello ada',
  );
  equal(await inTurn(() => kept.run(late)), 'ada');
  throws(() => kept.run(fail), Error);
  equal(user.get(), 'nobody');
});

snapshot('wrap keeps them for one function, with its receiver and length', () => {
  const cart = {
    name: 'cart',
    show: user.run('ada', () =>
      AsyncContext.Snapshot.wrap(function show(this: { name: string }, mark: string): string {
        return `${this.name} ${user.get()}${mark}`;
      }),
    ),
  };
  equal(cart.show('!'), 'cart ada!');
  equal([cart.show.name, cart.show.length], ['wrapped show', 1]);
});
