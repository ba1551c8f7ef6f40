import { getLocal, setLocal } from '@throughline/runtime';
import { Position } from '../../../runtime/src/xtrace/position';
import { traceSlot } from '../../../runtime/src/xtrace/trace';
import { construct } from './harness/construct';
import { equal } from './harness/equal';
import { EventEmitter } from './harness/emitter';
import { turn } from './harness/uncompiled';

// The slot alone, since a client wants a clock and a source of random numbers. An event's id is its label.
const parents = new Map<string, readonly string[]>();

function start(taskId: string): void {
  setLocal(traceSlot, { taskId, latest: [], notes: [] });
}

function log(label: string): void {
  const trace = getLocal(traceSlot)!;
  parents.set(label, trace.latest.map(({ id }) => id).sort());
  setLocal(traceSlot, { ...trace, latest: [Position.after(label, trace.latest)], notes: [] });
}

function notes(): readonly string[] {
  return getLocal(traceSlot)!.notes;
}

async function step(label: string, turns = 1): Promise<void> {
  for (let i = 0; i < turns; i++) await null;
  log(label);
}

async function failingStep(label: string): Promise<never> {
  await step(label);
  throw new Error(label);
}

const TASK = '0'.repeat(31) + '1';
const OTHER = '0'.repeat(31) + '2';
const construction = construct('X-Trace slot');
const test = (title: string, run: () => Promise<void>): void =>
  construction(title, async () => {
    parents.clear();
    start(TASK);
    log('start');
    await run();
  });

test('awaited calls make a chain', async () => {
  await step('a');
  await step('b');
  log('end');
  equal([parents.get('a'), parents.get('b'), parents.get('end')], [['start'], ['a'], ['b']]);
});

test('a rejected call is in the chain too', async () => {
  try {
    await failingStep('a');
  } catch {
    log('caught');
  } finally {
    log('finally');
  }
  await failingStep('b').catch(() => log('handled'));
  log('end');
  equal([parents.get('caught'), parents.get('finally')], [['a'], ['caught']]);
  equal(parents.get('b'), ['finally']);
  equal([parents.get('handled'), parents.get('end')], [['b'], ['handled']]);
});

test('an await after Promise.all over n strands has n parents', async () => {
  await Promise.all(['a', 'b', 'c', 'd'].map((label, i) => step(label, 4 - i)));
  log('end');
  equal(
    ['a', 'b', 'c', 'd', 'end'].map((label) => parents.get(label)),
    [['start'], ['start'], ['start'], ['start'], ['a', 'b', 'c', 'd']],
  );
});

test('a strand that moved itself is a parent beside the one it joins', async () => {
  const running = step('a');
  log('b');
  await running;
  log('end');
  equal([parents.get('b'), parents.get('end')], [['start'], ['a', 'b']]);
});

test('who loses a race, or is not awaited, is no parent', async () => {
  void step('alone');
  await Promise.race([step('slow', 9), step('quick', 1)]);
  await turn();
  log('end');
  equal(parents.get('end'), ['quick']);
});

test('what is dominated is dropped', async () => {
  const first = step('a');
  const second = (async () => {
    await first;
    log('b');
  })();
  await Promise.all([first, second, first]);
  log('end');
  equal([parents.get('b'), parents.get('end')], [['a'], ['b']]);
});

test('a strand without events of its own hands on those it joined', async () => {
  const quiet = async (): Promise<void> => {
    await Promise.all([step('a'), step('b')]);
  };
  await quiet();
  log('end');
  equal(parents.get('end'), ['a', 'b']);
});

test('a link goes through strands that only await', async () => {
  const shared = (async () => {
    start(OTHER);
    log('elsewhere');
    await null;
  })();
  const helper = async (): Promise<void> => {
    await shared;
  };
  await helper();
  equal(notes(), [`link ${OTHER}/elsewhere`]);
  log('end');
  equal(parents.get('end'), ['start']);
});

test('joining another task keeps the own one and remembers a link', async () => {
  const shared = (async () => {
    start(OTHER);
    await null;
    log('elsewhere');
  })();
  await shared;
  equal(notes(), [`link ${OTHER}/elsewhere`]);
  log('end');
  equal([parents.get('end'), getLocal(traceSlot)!.taskId, notes()], [['start'], TASK, []]);
});

test('a listener comes after its trigger and its registration', async () => {
  const emitter = new EventEmitter();
  const registers = async (): Promise<void> => {
    log('registration');
    emitter.on('x', () => log('heard'));
  };
  void registers();
  log('trigger');
  emitter.emit('x');
  equal(parents.get('heard'), ['registration', 'trigger']);
});
