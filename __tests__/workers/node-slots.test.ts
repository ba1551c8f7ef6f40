import { SmallCollector } from '../harness/collector';
import { printedBy, runs } from './program';

jest.setTimeout(60_000);

const IMPORTS = `
  import { Worker, parentPort, MessageChannel, receiveMessageOnPort, workerData } from 'node:worker_threads';
  import { once } from 'node:events';
  import { print } from './print.mjs';
  import { be, noted, who } from './slots.mjs';`;
const REQUIRES = `
  const { Worker, parentPort, MessageChannel, workerData } = require('node:worker_threads');
  const { once } = require('node:events');
  const { print } = require('./print.cjs');
  const { be, noted, who } = require('./slots.cjs');`;
/** A creator that is Ann, and its worker. */
const annAnd = (worker: string, creator = ''): Record<string, string> => ({
  'main.mjs': `${IMPORTS}
    async function main() {
      be('Ann');
      const worker = new Worker(new URL('./worker.mjs', import.meta.url));
      ${creator}
    }
    main();`,
  'worker.mjs': `${IMPORTS} ${worker}`,
});

describe('a worker starts from its creator’s slots', () => {
  test('modules', async () => {
    const files = annAnd(`print([who(), noted()]); setTimeout(() => print(who()), 1);`);

    expect(await printedBy(files)).toEqual([['Ann', 'none'], 'Ann']);
  });

  test('CommonJS', async () => {
    const files = {
      'main.cjs': `${REQUIRES}
        async function main() { be('Ann'); new Worker(require.resolve('./worker.cjs')); }
        main();`,
      'worker.cjs': `${REQUIRES}
        print([who(), noted()]);
        setTimeout(() => print(who()), 1);
        process.nextTick(() => print(who()));`,
    };

    expect(await printedBy(files)).toEqual([['Ann', 'none'], 'Ann', 'Ann']);
  });

  test.each([
    ['setTimeout', 'setTimeout(() => print(who()), 1)'],
    ['setImmediate', 'setImmediate(() => print(who()))'],
    ['queueMicrotask', 'queueMicrotask(() => print(who()))'],
    ['a promise', 'Promise.resolve().then(() => print(who()))'],
    ['an async function', '(async () => { await null; print(who()); })()'],
    ['setInterval', 'const timer = setInterval(() => { print(who()); clearInterval(timer); }, 1)'],
    ['top-level await', 'await null; print(who())'],
    ['after a dynamic import', `await import('./print.mjs'); print(who())`],
    ['a listener', `process.on('exit', () => print(who()))`],
  ])('%s', async (_, code) => {
    expect(await printedBy(annAnd(code))).toEqual(['Ann']);
  });

  test('a slot that a module registers later', async () => {
    const files = annAnd(
      `setTimeout(async () => {
        const { register, getLocal } = await import('@throughline/runtime');
        const text = { encode: (value) => value, decode: (value) => value + '!' };
        print(getLocal(register('nobody', { carry: { name: 'user', ...text } })));
      }, 1);`,
    );

    expect(await printedBy(files)).toEqual(['Ann!']);
  });

  test('a worker from text', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        async function main() {
          be('Ann');
          const code = \`
            const { parentPort } = require('node:worker_threads');
            parentPort.once('message', (message) => parentPort.postMessage([message]));\`;
          const worker = new Worker(code, { eval: true });
          worker.on('message', (message) => print([message, who()]));
          worker.postMessage('hello');
        }
        main();`,
    };

    expect(await printedBy(files)).toEqual([[['hello'], 'Ann']]);
  });

  test('two creators at once', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        async function make(name) {
          be(name);
          await null;
          const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: name });
          worker.postMessage(name);
        }
        for (const name of ['Ann', 'Bob', 'Cid']) make(name);`,
      'worker.mjs': `${IMPORTS}
        print([workerData, who()]);
        parentPort.once('message', (message) => print([message, who()]));`,
    };
    const pairs = (await printedBy(files)).sort();

    expect(pairs).toEqual(['Ann', 'Ann', 'Bob', 'Bob', 'Cid', 'Cid'].map((name) => [name, name]));
  });

  test('a worker that a worker makes', async () => {
    const files = {
      ...annAnd(`
        print(who());
        (async () => { be('Bob'); new Worker(new URL('./inner.mjs', import.meta.url)); })();`),
      'inner.mjs': `${IMPORTS} print(who());`,
    };

    expect(await printedBy(files)).toEqual(['Ann', 'Bob']);
  });

  test('a worker that code which is not compiled makes in a worker starts from root', async () => {
    const files = {
      ...annAnd(`import { make } from './plain-make.mjs'; print(who()); make();`),
      'plain-make.mjs': `
        import { Worker } from 'node:worker_threads';
        export const make = () => new Worker(new URL('./inner.mjs', import.meta.url));`,
      'inner.mjs': `${IMPORTS} print(who()); parentPort.postMessage(1);`,
    };

    expect(await printedBy(files)).toEqual(['Ann', 'nobody']);
  });

  test('the constructor threw: the next worker starts from root', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        import { getEnvironmentData } from 'node:worker_threads';
        import { make } from './plain-make.mjs';
        (async () => {
          be('Ann');
          try { new Worker('relative.mjs'); } catch ({ code }) { print(code); }
          try { new Worker('/x.mjs', { workerData: () => {} }); } catch ({ name }) { print(name); }
          await new Promise((resolve) => setTimeout(resolve, 1));
          print(getEnvironmentData('throughline.start') === undefined);
          make();
        })();`,
      'plain-make.mjs': `
        import { Worker } from 'node:worker_threads';
        export const make = () => new Worker(new URL('./worker.mjs', import.meta.url));`,
      'worker.mjs': `${IMPORTS} print(who()); parentPort.postMessage(1);`,
    };

    expect(await printedBy(files)).toEqual(['ERR_WORKER_PATH', 'DataCloneError', true, 'nobody']);
  });

  test('new Worker(await url)', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        (async () => {
          be('Ann');
          const url = Promise.resolve(new URL('./worker.mjs', import.meta.url));
          const worker = new Worker(await url, { workerData: await 1 });
          print(worker instanceof Worker);
        })();`,
      'worker.mjs': `${IMPORTS} print([who(), workerData]);`,
    };

    expect((await printedBy(files)).sort()).toEqual([['Ann', 1], true]);
  });
});

describe('messages carry the slots of their sender', () => {
  test('from the first one on, before the worker is up', async () => {
    const files = annAnd(
      `let left = 4;
       parentPort.on('message', (message) => {
         print([message, who(), noted()]);
         if (--left === 0) parentPort.close();
       });`,
      `for (const name of ['Bob', 'Cid', 'Dan']) {
         (async () => { be(name); worker.postMessage(name); })();
       }
       worker.postMessage('Ann');`,
    );

    expect(await printedBy(files)).toEqual([
      ['Bob', 'Bob', 'none'],
      ['Cid', 'Cid', 'none'],
      ['Dan', 'Dan', 'none'],
      ['Ann', 'Ann', 'none'],
    ]);
  });

  test('while the worker is up and its creator has not heard of it', async () => {
    const files = annAnd(
      `let left = 50;
       const wrong = [];
       parentPort.on('message', (message) => {
         if (who() !== message) wrong.push([message, who()]);
         if (--left === 0) { print(wrong); parentPort.close(); }
       });`,
      `const end = Date.now() + 300;
       while (Date.now() < end);
       for (let i = 0; i < 50; i++) {
         (async () => { be('user ' + i); worker.postMessage('user ' + i); })();
         const pause = Date.now() + 2;
         while (Date.now() < pause);
       }`,
    );

    expect(await printedBy(files)).toEqual([[]]);
  });

  test('some posted before it is up, some later, and the order stays', async () => {
    const files = annAnd(
      `let left = 40;
       const seen = [];
       parentPort.on('message', (message) => {
         seen.push(message);
         if (who() !== message) print([message, who()]);
         if (--left === 0) { print(seen); parentPort.close(); }
       });`,
      `const send = async (name) => { be(name); worker.postMessage(name); };
       for (let i = 0; i < 20; i++) send('user ' + i);
       for (let i = 20; i < 40; i++) {
         await new Promise((resolve) => setTimeout(resolve, 5));
         send('user ' + i);
       }`,
    );

    expect(await printedBy(files)).toEqual([Array.from({ length: 40 }, (_, i) => `user ${i}`)]);
  });

  test('large slots, more than there is room for before the worker is up', async () => {
    const files = annAnd(
      `let left = 4;
       parentPort.on('message', (message) => {
         print([message, who().length < 20 ? who() : who().length]);
         if (--left === 0) parentPort.close();
       });`,
      `const send = async (name, message) => { be(name); worker.postMessage(message); };
       send('a'.repeat(10_000), 1);
       send('b'.repeat(10_000), 2);
       send('Cid', 3);
       send('Dan', 4);`,
    );
    const printed = (await printedBy(files)) as [number, unknown][];

    // What has no room is left out, and nobody is taken for somebody else.
    const right: Record<number, unknown> = { 1: 10_000, 2: 10_000, 3: 'Cid', 4: 'Dan' };
    expect(printed.map(([message]) => message)).toEqual([1, 2, 3, 4]);
    for (const [message, name] of printed)
      expect(['nobody', 'Ann', right[message]]).toContain(name);
  });

  test('from a worker to its creator', async () => {
    const files = annAnd(
      `(async () => { be('Bob'); parentPort.postMessage('from Bob'); })();
       parentPort.postMessage('from the start');
       setTimeout(() => { be('Cid'); parentPort.postMessage('later'); }, 5);`,
      `worker.on('message', (message) => print([message, who()]));`,
    );

    expect(await printedBy(files)).toEqual([
      ['from Bob', 'Bob'],
      ['from the start', 'Ann'],
      ['later', 'Cid'],
    ]);
  });

  test('and back: an echo keeps the asker’s', async () => {
    const files = annAnd(
      `parentPort.on('message', async (message) => {
         await null;
         if (message === 'end') parentPort.close();
         else parentPort.postMessage(message);
       });`,
      `worker.on('message', (message) => print([message, who()]));
       for (const name of ['Bob', 'Cid']) (async () => { be(name); worker.postMessage(name); })();
       await once(worker, 'online');
       await new Promise((resolve) => setTimeout(resolve, 50));
       for (const name of ['Dan', 'Eve']) (async () => { be(name); worker.postMessage(name); })();
       worker.postMessage('end');`,
    );

    expect(await printedBy(files)).toEqual(
      ['Bob', 'Cid', 'Dan', 'Eve'].map((name) => [name, name]),
    );
  });

  test.each([
    ['on', `parentPort.on('message', (data) => { print([data, who()]); parentPort.close(); })`],
    ['once', `parentPort.once('message', (data) => print([data, who()]))`],
    [
      'addEventListener',
      `parentPort.addEventListener('message', ({ data }) => {
         print([data, who()]);
         parentPort.close();
       });
       parentPort.start?.()`,
    ],
    [
      'onmessage',
      `parentPort.onmessage = ({ data }) => { print([data, who()]); parentPort.close(); }`,
    ],
  ])('heard by %s', async (_, listen) => {
    const files = annAnd(listen, `(async () => { be('Bob'); worker.postMessage('hello'); })();`);
    const [early] = await printedBy(files);
    const later = annAnd(
      listen,
      `await once(worker, 'online');
       await new Promise((resolve) => setTimeout(resolve, 100));
       (async () => { be('Bob'); worker.postMessage('hello'); })();`,
    );

    expect(early).toEqual(['hello', 'Bob']);
    expect(await printedBy(later)).toEqual([['hello', 'Bob']]);
  });

  test('code that is not compiled posts in between', async () => {
    const files = {
      ...annAnd(
        `let left = 6;
         parentPort.on('message', (message) => {
           print([message, who()]);
           if (--left === 0) parentPort.close();
         });`,
        `const { post } = await import('./plain-post.mjs');
         const send = async (name) => { be(name); worker.postMessage(name); };
         const round = async () => {
           send('Bob');
           setTimeout.call(null, () => {});
           post(worker, 'plain');
           send('Cid');
           await new Promise((resolve) => setTimeout(resolve, 100));
         };
         await round();
         await round();`,
      ),
      'plain-post.mjs': `export const post = (worker, message) => worker.postMessage(message);`,
    };
    const printed = (await printedBy(files)) as [string, string][];

    expect(printed.map(([message]) => message)).toEqual([
      'Bob',
      'plain',
      'Cid',
      'Bob',
      'plain',
      'Cid',
    ]);
    for (const [message, name] of printed) if (message !== 'plain') expect(name).toBe(message);
  });

  test('a worker reads a message by hand before it listens', async () => {
    const files = annAnd(
      `await new Promise((resolve) => setTimeout(resolve, 50));
       print(receiveMessageOnPort(parentPort));
       let left = 2;
       parentPort.on('message', (message) => {
         print([message, who()]);
         if (--left === 0) parentPort.close();
       });`,
      `for (const name of ['Bob', 'Cid', 'Dan']) (async () => { be(name); worker.postMessage(name); })();`,
    );

    expect(await printedBy(files)).toEqual([{ message: 'Bob' }, ['Cid', 'Cid'], ['Dan', 'Dan']]);
  });

  test('a worker reads a message by hand once it is known to be compiled', async () => {
    const files = annAnd(
      `parentPort.postMessage('up');
       const end = Date.now() + 5000;
       let found;
       while (!(found = receiveMessageOnPort(parentPort)) && Date.now() < end);
       print(found);`,
      `await once(worker, 'message');
       worker.postMessage({ from: who() });`,
    );

    expect(await printedBy(files)).toEqual([{ message: { from: 'Ann' } }]);
  });

  test('a slot without `carry` stays, and one whose encoding or decoding throws is left out', async () => {
    const slots = (decode: string): string => `
      import { getLocal, register, setLocal } from '@throughline/runtime';
      import { Worker, parentPort } from 'node:worker_threads';
      import { print } from './print.mjs';
      const kept = register('initial');
      const fine = register('initial', { carry: { name: 'fine', encode: (v) => v, decode: (v) => v } });
      const bad = register('initial', {
        carry: { name: 'bad', encode: () => 'text', decode: ${decode} },
      });
      const worse = register('initial', {
        carry: { name: 'worse', encode: () => { throw new Error('cannot encode'); }, decode: (v) => v },
      });
      const all = [kept, fine, bad, worse];
      const seen = () => all.map(getLocal);`;
    const files = {
      'main.mjs': `${slots('(v) => v')}
        (async () => {
          for (const slot of all) setLocal(slot, 'Ann');
          const worker = new Worker(new URL('./worker.mjs', import.meta.url));
          worker.postMessage('early');
          worker.on('message', (message) => {
            print([message, seen()]);
            worker.postMessage('late');
          });
        })();`,
      'worker.mjs': `${slots(`() => { throw new Error('cannot decode'); }`)}
        print(seen());
        parentPort.on('message', (message) => {
          print([message, seen()]);
          if (message === 'late') parentPort.close();
          else parentPort.postMessage('echo');
        });`,
    };
    const { printed, code, stderr } = await runs(files);

    const arrived = ['initial', 'Ann', 'initial', 'initial'];
    expect(code).toBe(0);
    expect(printed).toEqual([arrived, ['early', arrived], ['echo', arrived], ['late', arrived]]);
    expect(stderr).toContain('cannot encode');
    expect(stderr).toContain('cannot decode');
  });
});

describe('message channels', () => {
  test('in one thread', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        const { port1, port2 } = new MessageChannel();
        port2.on('message', (message) => {
          print([message, who()]);
          if (message === 'end') port2.close();
        });
        const send = async (name) => { be(name); port1.postMessage(name); };
        send('Bob');
        send('Cid');
        send('end');`,
    };

    expect(await printedBy(files)).toEqual([
      ['Bob', 'Bob'],
      ['Cid', 'Cid'],
      ['end', 'end'],
    ]);
  });

  test('in one thread, read by hand', async () => {
    const files = {
      'main.mjs': `${IMPORTS}
        const { port1, port2 } = new MessageChannel();
        port2.on('close', () => {});
        (async () => {
          be('Bob');
          port1.postMessage('hello');
          print(receiveMessageOnPort(port2));
          print(receiveMessageOnPort(port2) === undefined);
          port1.close();
        })();`,
    };

    expect(await printedBy(files)).toEqual([{ message: 'hello' }, true]);
  });

  test('a port that goes to a compiled worker that is up', async () => {
    const files = annAnd(
      `parentPort.postMessage('up');
       parentPort.once('message', ({ port }) => {
         port.on('message', (message) => {
           print([message, who()]);
           if (message === 'end') port.close();
           else (async () => { be('in ' + message); port.postMessage('re ' + message); })();
         });
       });`,
      `await once(worker, 'message');
       const { port1, port2 } = new MessageChannel();
       port1.on('message', (message) => {
         print([message, who()]);
         (async () => { be('Dan'); port1.postMessage('end'); })();
       });
       worker.postMessage({ port: port2 }, [port2]);
       await new Promise((resolve) => setTimeout(resolve, 200));
       (async () => { be('Bob'); port1.postMessage('Bob'); })();`,
    );

    expect(await printedBy(files)).toEqual([
      ['Bob', 'Bob'],
      ['re Bob', 'in Bob'],
      ['end', 'Dan'],
    ]);
  });
});

describe('X-Trace', () => {
  let collector: SmallCollector;
  beforeEach(async () => (collector = await SmallCollector.start()));
  afterEach(() => collector.stop());

  test('events that are logged in a worker come after their cause, and the answer after both', async () => {
    const client = `
      import { connect, log, startTask } from '@throughline/runtime/xtrace';
      await connect(':${collector.port}');`;
    const files = {
      'main.mjs': `${IMPORTS} ${client}
        (async () => {
          startTask();
          log('start');
          const worker = new Worker(new URL('./worker.mjs', import.meta.url));
          log('made');
          worker.once('message', () => {
            worker.once('message', () => log('second answer'));
            log('first answer');
            worker.postMessage('again');
          });
          log('asks');
          worker.postMessage('hello');
          log('asked');
        })();`,
      'worker.mjs': `${IMPORTS} ${client}
        setTimeout(() => log('up'), 1);
        parentPort.once('message', async () => {
          parentPort.once('message', () => {
            log('heard again');
            parentPort.postMessage('second');
          });
          log('heard');
          await null;
          parentPort.postMessage('first');
        });`,
    };
    await printedBy(files);
    await collector.until(() => collector.reports.length === 9);
    const labels = new Map(collector.reports.map(({ eventId, label }) => [eventId, label]));
    const causes = Object.fromEntries(
      collector.reports.map(({ label, parentEventIds: parents }) => [
        label,
        parents.map((parent) => labels.get(parent)).sort(),
      ]),
    );

    expect(new Set(collector.reports.map(({ taskId }) => taskId)).size).toBe(1);
    expect(causes).toMatchObject({
      made: ['start'],
      up: ['start'],
      asked: ['asks'],
      heard: expect.arrayContaining(['asks']) as unknown,
      'first answer': expect.arrayContaining(['heard']) as unknown,
      'heard again': expect.arrayContaining(['first answer']) as unknown,
      'second answer': expect.arrayContaining(['heard again']) as unknown,
    });
  });
});

test('threads with a copy of the runtime for each kind of module', async () => {
  const both = `
    import { Worker, parentPort } from 'node:worker_threads';
    import { once } from 'node:events';
    import { getEventId, log, startTask } from '@throughline/runtime/xtrace';
    import './plain-copy.cjs';
    import { print } from './print.mjs';`;
  const files = {
    'main.mjs': `${both}
      async function main() {
        startTask();
        const worker = new Worker(new URL('./worker.mjs', import.meta.url));
        await once(worker, 'online');
        for (const question of ['one', 'two']) {
          log(question);
          worker.postMessage(question);
          const [answer] = await once(worker, 'message');
          print(answer === getEventId());
        }
        worker.terminate();
      }
      main();`,
    'worker.mjs': `${both}
      parentPort.on('message', (question) => parentPort.postMessage(log('answer to ' + question)));`,
    'plain-copy.cjs': `require('@throughline/runtime/xtrace');`,
  };

  expect(await printedBy(files)).toEqual([true, true]);
});
