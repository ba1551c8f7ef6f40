import { plainly } from '../harness/both-ways';
import { ran } from '../harness/child';
import { instrument } from '../harness/instrument';

// Handlers of failures that nobody handled, each in a process of its own. What they log was recorded on
// Node 24.

const prelude = `
  import { AsyncLocalStorage } from 'node:async_hooks';
  import { EventEmitter } from 'node:events';
  const a = new AsyncLocalStorage();
  const log = (...values) => console.log(values.map(String).join(' '));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
`;

const onRejection = `process.on('unhandledRejection', (error) => log(error.message, a.getStore()));`;
const onException = `process.on('uncaughtException', (error, origin) => log(origin, error.message, a.getStore()));`;

/** With what ours logs where it cannot log the same without the bridge. */
type Program = readonly [code: string, lines: readonly string[], differs?: readonly string[]];

const programs: Record<string, Program> = {
  'unhandledRejection: a strand that throws': [
    `${onRejection}
    a.run('ada', async () => {
      await turn();
      throw new Error('late');
    });
    a.run('bob', async () => {
      throw new Error('at once');
    });`,
    ['at once bob', 'late ada'],
  ],
  'unhandledRejection: what a then returns, and a promise that is rejected by hand': [
    `${onRejection}
    a.run('ada', () => turn().then(() => { throw new Error('then'); }));
    a.run('bob', () => Promise.reject(new Error('reject')));
    a.run('cleo', () => new Promise((_, reject) => setTimeout(() => reject(new Error('timer')), 1)));
    a.run('dora', () => new Promise(() => { throw new Error('executor'); }));`,
    ['reject bob', 'executor dora', 'then ada', 'timer cleo'],
  ],
  'unhandledRejection: what then has made of a promise that is rejected where no store is': [
    `${onRejection}
    let rejectLater;
    a.run('ada', () => {
      new Promise((_, reject) => { rejectLater = reject; }).then(() => {});
    });
    rejectLater(new Error('then'));`,
    ['then ada'],
  ],
  'unhandledRejection: a promise that is rejected where no store is': [
    `${onRejection}
    let rejectLater;
    a.run('ada', () => { new Promise((_, reject) => { rejectLater = reject; }); });
    rejectLater(new Error('later'));`,
    ['later ada'],
  ],
  'unhandledRejection: a promise of the platform that nobody waits for': [
    `import { readFile } from 'node:fs/promises';
    process.on('unhandledRejection', (error) => log(error.code, a.getStore()));
    a.run('ada', () => { readFile('/does/not/exist'); });`,
    ['ENOENT ada'],
  ],
  'unhandledRejection: a store that was entered': [
    `${onRejection}
    (async () => {
      a.enterWith('ada');
      await turn();
      throw new Error('entered');
    })();`,
    ['entered ada'],
  ],
  'unhandledRejection: the handler is registered in a run': [
    `a.run('eve', () => { ${onRejection} });
    a.run('ada', async () => {
      await turn();
      throw new Error('late');
    });`,
    ['late ada'],
  ],
  'uncaughtException: timers, ticks, microtasks and immediates': [
    `${onException}
    const fail = (text) => () => { throw new Error(text); };
    a.run('ada', () => setTimeout(fail('timer'), 1));
    a.run('bob', () => process.nextTick(fail('tick')));
    a.run('cleo', () => queueMicrotask(fail('microtask')));
    a.run('dora', () => setTimeout(() => setImmediate(fail('immediate')), 20));`,
    [
      'uncaughtException tick bob',
      'uncaughtException microtask cleo',
      'uncaughtException timer ada',
      'uncaughtException immediate dora',
    ],
  ],
  'uncaughtException: a listener': [
    `${onException}
    const emitter = new EventEmitter();
    emitter.on('x', () => { throw new Error('listener'); });
    a.run('ada', () => setImmediate(() => emitter.emit('x')));`,
    ['uncaughtException listener ada'],
  ],
  'uncaughtException: a run in a timer': [
    `${onException}
    a.run('ada', () => setImmediate(() => {
      a.run('bob', () => {});
      throw new Error('after the run');
    }));`,
    ['uncaughtException after the run ada'],
  ],
  'uncaughtException: a store that was entered in the callback': [
    `${onException}
    setImmediate(() => {
      a.enterWith('ada');
      throw new Error('entered');
    });`,
    ['uncaughtException entered ada'],
  ],
  'uncaughtException: a rejection that nobody handles': [
    `${onException}
    a.run('ada', async () => {
      await turn();
      throw new Error('rejected');
    });`,
    ['unhandledRejection rejected ada'],
    // The listener is given the reason without the promise, and no code of ours has seen it pass.
    ['unhandledRejection rejected undefined'],
  ],
  uncaughtExceptionMonitor: [
    `process.on('uncaughtExceptionMonitor', (error) => log('monitor', error.message, a.getStore()));
    ${onException}
    a.run('ada', () => setImmediate(() => { throw new Error('immediate'); }));`,
    ['monitor immediate ada', 'uncaughtException immediate ada'],
  ],
  setUncaughtExceptionCaptureCallback: [
    `process.setUncaughtExceptionCaptureCallback((error) => log(error.message, a.getStore()));
    a.run('ada', () => setImmediate(() => { throw new Error('immediate'); }));
    a.run('bob', () => setTimeout(() => { throw new Error('timer'); }, 20));`,
    ['immediate ada', 'timer bob'],
  ],
  'a callback of Node that throws': [
    `import { stat } from 'node:fs';
    ${onException}
    a.run('ada', () => stat('.', () => { throw new Error('stat'); }));`,
    ['uncaughtException stat ada'],
  ],
  'what a handler starts': [
    `process.on('uncaughtException', () => {
      setImmediate(() => log('immediate', a.getStore()));
      Promise.resolve().then(() => log('then', a.getStore()));
    });
    a.run('ada', () => setImmediate(() => { throw new Error('immediate'); }));`,
    ['then ada', 'immediate ada'],
  ],
  'code that runs after a failure sees no store': [
    `process.on('uncaughtException', () => {});
    process.on('unhandledRejection', () => {});
    const look = () => a.getStore();
    setImmediate(() => log('after', look()));
    a.run('ada', () => setImmediate(() => { throw new Error('immediate'); }));
    setImmediate(() => log('after', look()));
    a.run('bob', async () => { throw new Error('rejected'); });
    setImmediate(() => setImmediate(() => log('later', look())));`,
    ['after undefined', 'after undefined', 'later undefined'],
  ],
};

/** Whether what Node gives is what it is recorded to give. */
const isOracle = Number(process.versions.node.split('.')[0]) >= 24;

/** Programs in which Node 20 sees where the promise was made, as ours does, and Node 24 sees nothing. */
const beyondNode = new Set(['unhandledRejection: a promise that is rejected where no store is']);

describe.each(Object.entries(programs))('%s', (name, [code, lines, differs]) => {
  (isOracle && !beyondNode.has(name) ? test : test.skip)('Node', async () => {
    expect(await linesOf(plainly(prelude + code))).toEqual([...lines].sort());
  });

  test.each(['off', 'on'])('ours, with the bridge %s', async (bridge) => {
    const compiled = instrument(prelude + code, { asyncHooks: 'runtime' }, { commonjs: true });
    const expected = bridge === 'on' ? lines : (differs ?? lines);
    expect(await linesOf(compiled, bridge)).toEqual([...expected].sort());
    expect(differs).not.toEqual(lines);
  });
});

async function linesOf(code: string, bridge = 'off'): Promise<string[]> {
  const { stdout, stderr } = await ran(['-e', code], { env: { THROUGHLINE_BRIDGE: bridge } });
  expect(stderr).toBe('');
  // Which failure comes first is not the question.
  return stdout.trim().split('\n').sort();
}
