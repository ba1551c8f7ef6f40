import { getLocal, register, setLocal } from '@throughline/runtime';
import events, { EventEmitter, on, once } from 'node:events';
import { inImmediate, sentry } from '../harness/uncompiled';

const user = register('nobody');
const seen = register<readonly string[]>([], {
  join: (mine, theirs) => [...new Set([...mine, ...theirs])],
});
const look = (): string => getLocal(user);

/** Triggers from a strand of its own, a turn later. */
const trigger = async (name: string, fire: () => unknown): Promise<void> => {
  setLocal(user, name);
  setLocal(seen, [name]);
  await new Promise((resolve) => setImmediate(resolve));
  fire();
};

describe('once', () => {
  const ways: readonly (readonly [string, (source: EventEmitter) => Promise<unknown[]>])[] = [
    ['imported', (source) => once(source, 'x')],
    ['of the default import', (source) => events.once(source, 'x')],
    ['of the class', (source) => EventEmitter.once(source, 'x')],
    ['with a signal', (source) => once(source, 'x', { signal: new AbortController().signal })],
  ];
  test.each(ways)('%s, joins who triggers', async (_name, wait) => {
    const source = new EventEmitter();
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    const watch = sentry(look);
    void trigger('trigger', () => source.emit('x', 7));
    const values = await wait(source);
    const leaked = watch.stop();

    expect(values).toEqual([7]);
    expect([getLocal(user), getLocal(seen)]).toEqual(['ada', ['mine', 'trigger']]);
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });

  test('of a target joins who dispatches', async () => {
    const source = new EventTarget();
    setLocal(seen, ['mine']);
    void trigger('trigger', () => source.dispatchEvent(new Event('x')));
    await once(source, 'x');

    expect(getLocal(seen)).toEqual(['mine', 'trigger']);
  });

  test('joins who emitted the error that rejects it', async () => {
    const source = new EventEmitter();
    setLocal(seen, ['mine']);
    void trigger('trigger', () => source.emit('error', new Error('boom')));

    await expect(once(source, 'x')).rejects.toThrow('boom');
    let caught: readonly string[] = [];
    void trigger('second', () => source.emit('error', new Error('boom')));
    try {
      await once(source, 'x');
    } catch {
      caught = getLocal(seen);
    }
    expect(caught).toContain('second');
  });

  test('joins who aborts', async () => {
    const source = new EventEmitter();
    const controller = new AbortController();
    setLocal(user, 'ada');
    setLocal(seen, ['mine']);
    void trigger('aborter', () => controller.abort());
    try {
      await once(source, 'x', { signal: controller.signal });
    } catch (error) {
      expect((error as Error).name).toBe('AbortError');
    }

    expect(getLocal(user)).toBe('ada');
    expect(getLocal(seen)).toEqual(['mine', 'aborter']);
  });

  test('joins nobody when the platform triggers', async () => {
    const source = new EventEmitter();
    setLocal(seen, ['mine']);
    void inImmediate(() => source.emit('x'));
    await once(source, 'x');

    expect(getLocal(seen)).toEqual(['mine']);
  });

  test('joins the one who triggered first', async () => {
    const source = new EventEmitter();
    setLocal(seen, ['mine']);
    const waiting = once(source, 'x');
    await Promise.all([
      trigger('first', () => source.emit('x')),
      trigger('second', () => source.emit('x')),
    ]).then(() => {});
    setLocal(seen, ['mine']);
    await waiting;

    expect(getLocal(seen)).toEqual(['mine', 'first']);
  });
});

describe('on', () => {
  test('each step joins who triggered the event that it gives', async () => {
    const source = new EventEmitter();
    setLocal(user, 'ada');
    const found: unknown[] = [];
    const steps = on(source, 'x');
    void trigger('first', () => source.emit('x', 1));
    void trigger('second', () => source.emit('x', 2));
    const watch = sentry(look);
    for await (const [value] of steps as AsyncIterable<number[]>) {
      found.push([value, getLocal(user), getLocal(seen)]);
      if (value === 2) break;
    }
    const leaked = watch.stop();

    expect(found).toEqual([
      [1, 'ada', ['first']],
      [2, 'ada', ['first', 'second']],
    ]);
    expect(source.eventNames()).toEqual([]);
    expect(new Set(leaked)).toEqual(new Set(['nobody']));
  });

  test('events that wait are given in their order, each with its trigger', async () => {
    const source = new EventEmitter();
    const steps = on(source, 'x');
    await Promise.allSettled([
      trigger('first', () => source.emit('x', 1)),
      trigger('second', () => source.emit('x', 2)),
    ]).then(() => {});
    const found: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      setLocal(seen, ['mine']);
      found.push([(await steps.next()).value[0], getLocal(seen)]);
    }

    expect(found).toEqual([
      [1, ['mine', 'first']],
      [2, ['mine', 'second']],
    ]);
  });

  test('steps that are asked for ahead join in their order', async () => {
    const source = new EventEmitter();
    setLocal(seen, ['mine']);
    const steps = on(source, 'x');
    const [first, second] = [steps.next(), steps.next()];
    void trigger('first', () => source.emit('x', 1));
    void trigger('second', () => source.emit('x', 2));
    const ask = async (promise: Promise<unknown>): Promise<readonly string[]> => {
      await promise;
      return getLocal(seen);
    };

    const found = [ask(second), ask(first)];
    expect(await found[0]).toEqual(['mine', 'second']);
    expect(await found[1]).toEqual(['mine', 'first']);
  });

  test('the step that rejects joins who emitted the error', async () => {
    const source = new EventEmitter();
    setLocal(seen, ['mine']);
    void trigger('trigger', () => source.emit('error', new Error('boom')));
    let caught: unknown[] = [];
    try {
      for await (const _ of on(source, 'x'));
    } catch (error) {
      caught = [(error as Error).message, getLocal(seen)];
    }

    expect(caught).toEqual(['boom', ['mine', 'trigger']]);
  });
});
