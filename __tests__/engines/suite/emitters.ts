import { setLocal } from '@throughline/runtime';
import { construct } from './harness/construct';
import { EventEmitter } from './harness/emitter';
import { equal, throws } from './harness/equal';
import { inTurn } from './harness/uncompiled';
import { add, fail, joined, read, user } from './slots';

const test = construct('emitters');

test('a listener sees its trigger, when that runs in a strand', async () => {
  setLocal(user, 'ada');
  const emitter = new EventEmitter();
  const found: string[] = [];
  emitter.on('x', () => found.push(read()));
  emitter.once('x', () => found.push(`once ${read()}`));
  const triggers = async (): Promise<void> => {
    setLocal(user, 'bob');
    await null;
    emitter.emit('x');
    emitter.emit('x');
  };
  await triggers();
  equal([found, read()], [['bob', 'once bob', 'bob'], 'ada']);
});

test('a listener sees a strand that set nothing, too', async () => {
  const emitter = new EventEmitter();
  const found: string[] = [];
  const registers = async (): Promise<void> => {
    setLocal(user, 'ada');
    emitter.on('x', () => found.push(read()));
  };
  await registers();
  await inTurn(async () => {
    const triggers = async (): Promise<void> => {
      emitter.emit('x');
    };
    await triggers();
  });
  equal(found, ['nobody']);
});

test('a listener sees its registration, when code that was not compiled triggers', async () => {
  setLocal(user, 'ada');
  const emitter = new EventEmitter();
  const found: string[] = [];
  emitter.addListener('x', () => {
    found.push(read());
    setLocal(user, 'eve');
  });
  setLocal(user, 'bob');
  await inTurn(() => {
    emitter.emit('x');
    emitter.emit('x');
  });
  equal(found, ['ada', 'ada']);
});

test('a listener joins its registration and its trigger', async () => {
  const emitter = new EventEmitter();
  let found: readonly string[] = [];
  const registers = async (): Promise<void> => {
    add('registration');
    emitter.on('x', () => (found = joined()));
  };
  void registers();
  add('trigger');
  emitter.emit('x');
  equal([...found].sort(), ['registration', 'trigger']);
  equal(joined(), ['trigger']);
});

test('listeners are shown and removed as they were given', async () => {
  const emitter = new EventEmitter();
  const found: string[] = [];
  const note = (name: string): void => void found.push(name);
  emitter.on('x', note);
  emitter.prependListener('x', fail);
  equal(emitter.listeners('x')[0] === fail && emitter.listeners('x')[1] === note, true);
  emitter.removeListener('x', fail);
  emitter.emit('x', 'first');
  emitter.off('x', note);
  emitter.emit('x', 'second');
  emitter.once('x', note);
  emitter.off('x', note);
  emitter.emit('x', 'third');
  equal(found, ['first']);
});

test('a comment asks for the registration or the trigger', async () => {
  setLocal(user, 'ada');
  const emitter = new EventEmitter();
  const found: string[] = [];
  // throughline: registration
  emitter.on('x', () => found.push(read()));
  // throughline: trigger
  emitter.on('x', () => found.push(read()));
  setLocal(user, 'bob');
  emitter.emit('x');
  await inTurn(() => emitter.emit('x'));
  equal(found, ['ada', 'bob', 'ada', 'nobody']);
});

test('a listener that throws leaves the frame of its trigger', async () => {
  setLocal(user, 'ada');
  const emitter = new EventEmitter();
  emitter.on('x', () => {
    setLocal(user, 'eve');
    fail();
  });
  throws(() => emitter.emit('x'), Error);
  equal(read(), 'ada');
});

test('an on that is no emitter gets the very call', async () => {
  const got: unknown[] = [];
  const chart = {
    on(...args: unknown[]): unknown {
      got.push(this, ...args);
      return this;
    },
  };
  const handler = (): void => {};
  equal(chart.on('x', handler) === chart, true);
  equal(got[0] === chart && got[1] === 'x' && got[2] === handler, true);
});

test('a method that is missing is a TypeError, as the engine gives', () => {
  const thing = {} as { on(name: string, listener: () => void): void };
  let message = '';
  const calls = (): void => {
    try {
      thing.on('x', () => {});
    } catch (error) {
      ({ message } = error as Error);
      throw error;
    }
  };
  throws(calls, TypeError);
  equal(message.includes('not a function'), true);
});
