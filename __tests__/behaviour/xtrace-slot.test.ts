import { AsyncContext } from '@throughline/runtime/async-context';
import { AsyncLocalStorage } from '@throughline/runtime/async-local-storage';
import { ThroughlineContextManager } from '@throughline/runtime/opentelemetry';
import {
  getEventId,
  getTaskId,
  log,
  setEventId,
  setTaskId,
  startTask,
} from '@throughline/runtime/xtrace';
import type { Report } from '@throughline/runtime/xtrace';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { EventEmitter } from 'node:events';
import { inMicrotask } from '../harness/uncompiled';

/** The queue that no sender empties: every event that was logged waits there. */
const queue = (
  globalThis as unknown as Record<
    symbol,
    { parts: Map<string, { state: { queue: { take(): Report[] } } }> }
  >
)[Symbol.for('throughline.runtime')]!.parts.get('xtrace')!.state.queue;

let logged: Report[] = [];
const events = (): Report[] => (logged = [...logged, ...queue.take()]);
beforeEach(() => {
  events();
  logged = [];
});

/** The labels of an event's parents; an id for a parent that was not logged here. */
function parents(label: string): string[] {
  const all = events();
  const event = all.find((one) => one.label === label);
  if (event === undefined) throw new Error(`no event "${label}" among ${all.length}`);
  return event.parentEventIds
    .map((id) => all.find(({ eventId }) => eventId === id)?.label ?? id)
    .sort();
}
function linksOf(label: string): string[] {
  const { fields = [] } = events().find((one) => one.label === label)!;
  return fields.filter(([key]) => key === 'link').map(([, value]) => value);
}

async function step(label: string, turns = 1): Promise<void> {
  for (let i = 0; i < turns; i++) await null;
  log(label);
}

test('a set that would grow past 64 becomes a join event', async () => {
  startTask();
  log('start');
  await Promise.all(Array.from({ length: 65 }, (_, i) => step(`part ${i}`)));
  log('end');

  expect(parents('join')).toHaveLength(65);
  expect(parents('end')).toEqual(['join']);
});

test('a set of 64 is kept', async () => {
  startTask();
  log('start');
  await Promise.all(Array.from({ length: 64 }, (_, i) => step(`part ${i}`)));
  log('end');

  expect(parents('end')).toHaveLength(64);
});

test('joining another task keeps the own one and remembers a link', async () => {
  const own = startTask();
  log('start');
  let other = '';
  const shared = (async () => {
    other = startTask();
    await null;
    log('elsewhere');
  })();
  await shared;
  log('end');

  const elsewhere = events().find(({ label }) => label === 'elsewhere')!;
  expect(getTaskId()).toBe(own);
  expect(other).not.toBe(own);
  expect(elsewhere.taskId).toBe(other);
  expect(parents('end')).toEqual(['start']);
  expect(linksOf('end')).toEqual([`${other}/${elsewhere.eventId}`]);
  log('after');
  expect(linksOf('after')).toEqual([]);
});

test('a link goes through strands that only await', async () => {
  startTask();
  log('start');
  const shared = (async () => {
    startTask();
    log('elsewhere');
    await null;
  })();
  const helper = async (): Promise<void> => {
    await shared;
  };
  await helper();
  log('end');

  expect(parents('end')).toEqual(['start']);
  expect(linksOf('end')).toHaveLength(1);
});

test('a task that a strand starts is its own', async () => {
  const own = startTask();
  const serve = async (): Promise<string> => {
    const mine = startTask();
    await null;
    log('served');
    return getTaskId() === mine ? mine : 'lost';
  };
  const [a, b] = await Promise.all([serve(), serve()]);

  expect(new Set([own, a, b, 'lost']).size).toBe(4);
  expect(getTaskId()).toBe(own);
});

test('timers and microtasks come after where they were spawned', async () => {
  startTask();
  log('start');
  const done = new Promise<void>((resolve) => {
    setImmediate(() => {
      log('immediate');
      resolve();
    });
    queueMicrotask(() => log('microtask'));
  });
  log('spawned');
  await done;
  log('end');

  expect(parents('immediate')).toEqual(['start']);
  expect(parents('microtask')).toEqual(['start']);
  expect(parents('end')).toEqual(['immediate', 'spawned']);
});

test('a listener comes after its trigger and its registration', async () => {
  startTask();
  log('start');
  const emitter = new EventEmitter();
  const register = async (): Promise<void> => {
    log('register');
    emitter.on('x', () => log('heard'));
  };
  void register();
  log('trigger');
  emitter.emit('x');

  expect(parents('heard')).toEqual(['register', 'trigger']);
});

test('a listener that the platform triggers comes after its registration', async () => {
  startTask();
  log('register');
  const emitter = new EventEmitter();
  emitter.on('x', () => log('heard'));
  log('later');
  await inMicrotask(() => emitter.emit('x'));

  expect(parents('heard')).toEqual(['register']);
});

test('ids that are set are those of the next event', async () => {
  setTaskId('ABCDEF0123456789');
  expect(getTaskId()).toBe('0000000000000000abcdef0123456789');
  expect(getEventId()).toBeUndefined();
  setEventId('00000000000000FF');
  expect(getEventId()).toBe('00000000000000ff');
  const id = log('next');

  expect(getEventId()).toBe(id);
  expect(parents('next')).toEqual(['00000000000000ff']);
  expect(() => setTaskId('no id')).toThrow(/TL_ID_INVALID/);
  expect(() => setEventId('12')).toThrow(/TL_ID_INVALID/);
});

test('an event says what it was given and where it was logged', async () => {
  log('fields', { text: 'a', number: 1, object: { a: 1 }, nothing: undefined, big: 1n });
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  log('odd', {
    loop,
    broken: {
      toJSON() {
        throw new Error('boom');
      },
    },
    symbol: Symbol('s'),
  });
  const [fields, odd] = [...events()];

  expect(fields!.fields).toEqual([
    ['text', 'a'],
    ['number', '1'],
    ['object', '{"a":1}'],
    ['nothing', 'undefined'],
    ['big', '1'],
  ]);
  expect(fields!.source).toMatch(/xtrace-slot\.test\.ts:\d+$/);
  expect(odd!.fields).toHaveLength(3);
});

test('log never throws', async () => {
  const hostile = {
    get trap(): never {
      throw new Error('getter');
    },
  };
  const label = {
    toString(): never {
      throw new Error('label');
    },
  };

  expect(() => log('hostile fields', hostile)).not.toThrow();
  expect(() => log(label as unknown as string)).not.toThrow();
  expect(() => log(Symbol('s') as unknown as string)).not.toThrow();
});

test('code that was not compiled and logs is in the task of the process', async () => {
  const own = startTask();
  const outside = await inMicrotask(() => {
    log('outside');
    return getTaskId();
  });

  expect(outside).not.toBe(own);
  expect(parents('outside')).toEqual([]);
});

describe('a synchronous run with another slot set', () => {
  const variable = new AsyncContext.Variable<string>();
  const storage = new AsyncLocalStorage<string>();
  const runs: Record<string, (fn: () => void) => void> = {
    'Variable.run': (fn) => variable.run('here', fn),
    'AsyncLocalStorage.run': (fn) => storage.run('here', fn),
    'AsyncLocalStorage.exit': (fn) => storage.run('there', () => storage.exit(fn)),
    'with of OpenTelemetry': (fn) =>
      contexts.with(ROOT_CONTEXT.setValue(createContextKey('here'), 1), fn),
  };
  const contexts = new ThroughlineContextManager().enable();

  test.each(Object.keys(runs))('%s: what it logs comes before what is logged after it', (name) => {
    startTask();
    log('before');
    runs[name]!(() => log('in the run'));
    log('after');

    expect(parents('in the run')).toEqual(['before']);
    expect(parents('after')).toEqual(['in the run']);
  });

  test.each(Object.keys(runs))('%s: also when it throws', (name) => {
    startTask();
    log('before');
    const fails = (): never => {
      log('in the run');
      throw new Error('boom');
    };
    expect(() => runs[name]!(fails)).toThrow('boom');
    log('after');

    expect(parents('after')).toEqual(['in the run']);
  });

  test('takes its own slot back, and no other', () => {
    const other = new AsyncContext.Variable<string>();
    const seen: unknown[] = [];
    other.run('outer', () => {
      variable.run('inner', () => {
        log('in the run');
        seen.push(variable.get(), other.get());
      });
      seen.push(variable.get(), other.get());
    });

    expect(seen).toEqual(['inner', 'outer', undefined, 'outer']);
  });
});
