import { AsyncLocalStorage } from '@throughline/runtime/async-local-storage';
import { getLocal, register, setLocal, wrap } from '@throughline/runtime';
import { EventEmitter } from 'node:events';
import { turn } from '../harness/uncompiled';

// What `enterWith` hands to a caller is what was entered in the call, and nothing of another strand.

const user = new AsyncLocalStorage<string>();
const trace = new AsyncLocalStorage<string>();
const slot = register('root');

const seen = (): unknown[] => [user.getStore(), trace.getStore()];

/** A strand that has entered a user, registers a listener that enters a trace, and is over. */
async function eve(emitter: EventEmitter): Promise<void> {
  user.enterWith('eve');
  await turn();
  // throughline: registration
  emitter.on('x', () => {
    trace.enterWith('a trace');
  });
}

test('a listener of another strand hands on what it entered, and not its user', async () => {
  const emitter = new EventEmitter();
  await eve(emitter);
  const ada = async (): Promise<unknown[]> => {
    await turn();
    user.enterWith('ada');
    emitter.emit('x');
    return seen();
  };
  const nobody = async (): Promise<unknown[]> => {
    await turn();
    user.enterWith(undefined as never);
    emitter.emit('x');
    await turn();
    return seen();
  };

  expect(await Promise.all([ada(), nobody()])).toEqual([
    ['ada', 'a trace'],
    [undefined, 'a trace'],
  ]);
});

test('a timer that fake timers fire at once does the same', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const other = async (): Promise<void> => {
    user.enterWith('eve');
    await turn();
    setTimeout(() => trace.enterWith('a trace'), 1);
  };
  await other();
  const ada = async (): Promise<unknown[]> => {
    await turn();
    user.enterWith('ada');
    jest.runAllTimers();
    return seen();
  };

  expect(await ada()).toEqual(['ada', 'a trace']);
  jest.useRealTimers();
});

test('what a wrapped function enters stays there', async () => {
  const other = async (): Promise<() => void> => {
    user.enterWith('eve');
    await turn();
    return wrap(() => trace.enterWith('a trace'));
  };
  const wrapped = await other();
  const ada = async (): Promise<unknown[]> => {
    await turn();
    user.enterWith('ada');
    trace.enterWith('none');
    wrapped();
    return seen();
  };

  expect(await ada()).toEqual(['ada', 'none']);
});

test('a slot that is set goes nowhere with what is entered', async () => {
  const callee = async (): Promise<void> => {
    setLocal(slot, 'of the callee');
    user.enterWith('ada');
    await turn();
  };
  const caller = async (): Promise<unknown> => {
    const promise = callee();
    const found = [getLocal(slot), user.getStore()];
    await promise;
    return found;
  };

  expect(await caller()).toEqual(['root', 'ada']);
});
