import { runs, sameBothWays } from './program';

jest.setTimeout(60_000);

const IMPORTS = `
  import {
    BroadcastChannel, MessageChannel, MessagePort, SHARE_ENV, Worker, getEnvironmentData, isMainThread,
    markAsUntransferable, moveMessagePortToContext, parentPort, receiveMessageOnPort,
    setEnvironmentData, threadId, workerData,
  } from 'node:worker_threads';
  import { on, once } from 'node:events';
  import { print } from './print.mjs';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`;
/** Something for slots to carry, which a program compiled or not must not notice. */
const SLOTS = `import { be } from './slots.mjs'; be('Ann');`;
const url = (name: string): string => `new URL('./${name}', import.meta.url)`;
/** An echo of everything, until it is told to stop. */
const ECHO = `
  parentPort.on('message', (message) => {
    if (message === 'end') parentPort.close();
    else parentPort.postMessage(message);
  });`;
/** What each message of a port is, as its listeners are given it. */
const record = (port: string): string => `
  ${port}.on('message', (...args) => print(['on', args]));
  ${port}.addEventListener?.('message', (event) => print([
    'event', event.data, event.type, event.ports?.length, event.constructor.name,
    event.target === ${port}, Object.keys(event),
  ]));`;

/** Programs that print in one thread only, or in an order that is always the same. */
const programs: Record<string, Record<string, string>> = {
  'an echo of every kind of value': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      const values = [
        undefined, null, 0, -0, NaN, 'text', true, 12n, new Date(0), /a/g, new Map([[1, { a: 1 }]]),
        new Set(['x']), [1, , 3], { value: { nested: [] } }, new Error('sent'), new Uint8Array([1, 2]),
        new Array(3),
        Object.create({ inherited: 1 }), new (class A { b = 1; })(), new SharedArrayBuffer(2),
      ];
      const show = (value) => Object.prototype.toString.call(value) + ' ' +
        (value instanceof Map || value instanceof Set ? JSON.stringify([...value])
          : typeof value === 'bigint' ? String(value) : Object.is(value, -0) ? '-0'
          : value instanceof Error ? value.message : JSON.stringify(value));
      for (const round of [1, 2]) {
        let left = values.length;
        const all = new Promise((resolve) => worker.on('message', function heard(message) {
          print([show(message), this === worker, arguments.length]);
          if (--left === 0) { worker.off('message', heard); resolve(); }
        }));
        for (const value of values) worker.postMessage(value);
        await all;
      }
      worker.postMessage('end');`,
    'worker.mjs': `${IMPORTS} ${ECHO}`,
  },
  'messages that look like ours': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      const key = 'throughline:message';
      const values = [
        { [key]: { value: 1 } }, { [key]: { hello: true } }, { [key]: null }, { [key]: 5 }, { [key]: {} },
        { [key]: { value: 1, ports: [3], cargo: null } }, { [key]: { value: 1, cargo: { user: 5 } } },
      ];
      for (const round of [1, 2]) {
        for (const value of values) worker.postMessage(value);
        for (const value of values) print((await once(worker, 'message'))[0]);
      }
      worker.postMessage('end');`,
    'worker.mjs': `${IMPORTS} ${ECHO}`,
  },
  'values that cannot be cloned, transfer lists that are wrong': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      const tried = (post) => {
        try { print(['returns', String(post())]); }
        catch (error) { print([error.name, error.message, error.code, error.constructor.name]); }
      };
      const { port1, port2 } = new MessageChannel();
      port2.on('message', () => {});
      const round = () => {
        for (const target of [worker, port1]) {
          tried(() => target.postMessage());
          tried(() => target.postMessage(() => {}));
          tried(() => target.postMessage({ deep: [Symbol('s')] }));
          tried(() => target.postMessage({ get a() { throw new TypeError('getter'); } }));
          tried(() => target.postMessage(new Promise(() => {})));
          tried(() => target.postMessage(new WeakMap()));
          const buffer = new ArrayBuffer(8);
          tried(() => target.postMessage(buffer, [buffer, buffer]));
          tried(() => target.postMessage(buffer, 5));
          tried(() => target.postMessage(buffer, [5]));
          tried(() => target.postMessage(buffer, { transfer: 5 }));
          tried(() => target.postMessage(port1, [port1]));
          const { port1: a } = new MessageChannel();
          tried(() => target.postMessage({ a }));
          a.close();
          print(buffer.byteLength);
          tried(() => target.postMessage({ buffer }, [buffer]));
          print(buffer.byteLength);
          tried(() => target.postMessage(buffer, [buffer]));
          const other = new ArrayBuffer(4);
          tried(() => target.postMessage(1, { transfer: [other] }));
          print(other.byteLength);
          const third = new ArrayBuffer(4);
          tried(() => target.postMessage(1, new Set([third])));
          print(third.byteLength);
        }
      };
      round();
      await once(worker, 'message');
      round();
      worker.postMessage('end');
      port1.close();`,
    // What a worker throws while it answers would end it.
    'worker.mjs': `${IMPORTS}
      parentPort.postMessage('up');
      parentPort.on('message', (message) => { if (message === 'end') parentPort.close(); });`,
  },
  'on, once, off, removeAllListeners, listenerCount': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      const seen = [];
      const a = (message) => seen.push(['a', message]);
      worker.on('message', a).on('message', a).once('message', a);
      print([worker.listenerCount('message'), worker.listeners('message').length, worker.eventNames()]);
      worker.off('message', a);
      worker.prependListener('message', (message) => seen.push(['first', message]));
      worker.postMessage(1);
      worker.postMessage(2);
      while (seen.length < 5) await pause(5);
      worker.removeAllListeners('message');
      worker.postMessage(3);
      print(await once(worker, 'message'));
      print(seen);
      print([worker.emit('message', 'by hand'), worker.listenerCount('message')]);
      worker.on('message', (...args) => print(args));
      print(worker.emit('message', 'by hand', 2, 3));
      print(worker.emit('other', 1));
      worker.postMessage('end');`,
    'worker.mjs': `${IMPORTS} ${ECHO}`,
  },
  'listeners of a parent port': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      await once(worker, 'message');
      for (const message of [1, 2, 3, 4, 'end']) worker.postMessage(message);`,
    'worker.mjs': `${IMPORTS}
      const heard = (message) => print(['on', message]);
      const target = { handleEvent(event) { print(['object', event.data, this === target]); } };
      parentPort.on('message', heard);
      parentPort.once('message', (message) => print(['once', message]));
      parentPort.addEventListener('message', target);
      parentPort.addEventListener('message', ({ data }) => print(['once', data]), { once: true });
      parentPort.onmessage = function ({ data }) {
        print(['onmessage', data, this === parentPort]);
        if (data === 2) { parentPort.off('message', heard); parentPort.removeEventListener('message', target); }
        if (data === 3) parentPort.onmessage = ({ data }) => { print(data); if (data === 'end') parentPort.close(); };
      };
      print([parentPort.listenerCount('message'), parentPort.eventNames(), typeof parentPort.onmessage]);
      parentPort.postMessage('up');`,
  },
  'a channel in one thread': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const { port1, port2 } = new MessageChannel();
      ${record('port2')}
      port2.onmessage = (event) => print([event.data, event.ports.length]);
      port1.on('close', () => print('closed'));
      const { port1: sent, port2: kept } = new MessageChannel();
      kept.once('message', (message) => { print(message); port1.close(); });
      port2.once('message', () => port2.once('message', ({ sent }) => sent.postMessage('through it')));
      port1.postMessage({ a: 1 });
      port1.postMessage({ sent }, [sent]);`,
  },
  receiveMessageOnPort: {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const { port1, port2 } = new MessageChannel();
      port2.on('close', () => {});
      for (const value of [1, undefined, { a: [] }]) port1.postMessage(value);
      for (let i = 0; i < 4; i++) print(receiveMessageOnPort(port2) ?? 'nothing');
      port2.postMessage('back');
      print(receiveMessageOnPort(port1));
      port2.on('message', (message) => { print(message); port2.close(); });
      port1.postMessage('heard');`,
  },
  'receiveMessageOnPort of a worker that is up': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.postMessage('early');
      await once(worker, 'message');
      worker.postMessage('late');`,
    'worker.mjs': `${IMPORTS}
      const read = () => { for (;;) { const found = receiveMessageOnPort(parentPort); if (found) return found; } };
      print(read());
      parentPort.postMessage('up');
      print(read());`,
  },
  'a port as an iterator, and events.once': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      for (let i = 0; i < 3; i++) worker.postMessage(i);
      let left = 3;
      for await (const [message] of on(worker, 'message')) { print(message); if (--left === 0) break; }
      const { port1, port2 } = new MessageChannel();
      setTimeout(() => port1.postMessage('once'), 10);
      print(await once(port2, 'message'));
      port1.close();
      worker.postMessage('end');`,
    'worker.mjs': `${IMPORTS} ${ECHO}`,
  },
  'terminate, and the end of workers': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('forever.mjs')});
      worker.on('exit', (code) => print(['exit', code]));
      worker.postMessage(1);
      await once(worker, 'online');
      worker.postMessage(2);
      print(await worker.terminate());
      worker.postMessage(3);
      print([worker.threadId, await worker.terminate() ?? 'nothing']);
      const leaves = new Worker(${url('leaves.mjs')});
      leaves.on('exit', (code) => print(['exit', code]));
      leaves.postMessage(1);
      await once(leaves, 'exit');
      const throws = new Worker(${url('throws.mjs')});
      throws.on('error', (error) => print(['error', error.message]));
      await new Promise((resolve) => throws.on('exit', (code) => { print(['exit', code]); resolve(); }));
      const early = new Worker(${url('forever.mjs')});
      early.postMessage(1);
      print(await early.terminate());`,
    'forever.mjs': `${IMPORTS} parentPort.on('message', () => {}); setInterval(() => {}, 1000);`,
    'leaves.mjs': `${IMPORTS} parentPort.on('message', () => process.exit(7));`,
    'throws.mjs': `${IMPORTS} setTimeout(() => { throw new RangeError('thrown'); }, 5); parentPort.on('message', () => {});`,
  },
  'a worker that nobody listens to ends by itself': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.postMessage('unheard');
      worker.on('exit', (code) => print(['exit', code]));`,
    'worker.mjs': `${IMPORTS} await pause(5); parentPort.postMessage('x');`,
  },
  'a process does not wait for a worker that is unreferenced': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.on('message', () => { print('up'); worker.unref(); });`,
    'worker.mjs': `${IMPORTS} parentPort.on('message', () => {}); parentPort.postMessage('up');`,
  },
  'a parent port that is unreferenced': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.on('exit', (code) => print(['exit', code]));`,
    'worker.mjs': `${IMPORTS} parentPort.on('message', () => {}); parentPort.unref();`,
  },
  'a channel that nobody closes': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(1);
      const worker = new Worker(${url('worker.mjs')});
      worker.postMessage({ port2 }, [port2]);
      print('over');`,
    'worker.mjs': `${IMPORTS} parentPort.once('message', () => print('got it'));`,
  },
  'environment data': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      setEnvironmentData('mine', 1);
      const worker = new Worker(${url('worker.mjs')}, { workerData: { a: 1 }, env: { B: '2' } });
      print(getEnvironmentData('throughline.start') ?? 'nothing');
      worker.on('message', print);`,
    'worker.mjs': `${IMPORTS}
      parentPort.postMessage([
        getEnvironmentData('mine'), getEnvironmentData('throughline.start') ?? 'nothing', workerData,
        process.env, isMainThread, process.argv.length,
      ]);`,
  },
  'workers in workers, and texts': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.on('message', print);
      const text = new Worker("require('worker_threads').parentPort.on('message', function (m) { this.postMessage([m]); this.close(); })", { eval: true });
      await new Promise((resolve) => { text.on('message', (m) => { print(m); resolve(); }); text.postMessage({ a: 1 }); });
      const data = new Worker(new URL('data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.once("message", (m) => parentPort.postMessage([m]));'));
      await new Promise((resolve) => { data.on('message', (m) => { print(m); resolve(); }); data.postMessage({ a: 2 }); });
      worker.postMessage('down');`,
    'worker.mjs': `${IMPORTS}
      const inner = new Worker(${url('inner.mjs')});
      inner.on('message', (message) => parentPort.postMessage(['relayed', message]));
      parentPort.once('message', (message) => inner.postMessage(message));`,
    'inner.mjs': `${IMPORTS} parentPort.once('message', (message) => parentPort.postMessage(message + ' and up'));`,
  },
  'a class of the user’s': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      class Mine extends Worker { constructor(url) { super(url); this.own = 1; } postMessage(m) { super.postMessage(['mine', m]); } }
      const worker = new Mine(${url('worker.mjs')});
      worker.on('message', (message) => { print(message); if (message[1] === 2) worker.terminate(); });
      worker.postMessage(1);
      await once(worker, 'message');
      worker.postMessage(2);
      print(Object.keys(worker).includes('own'));`,
    'worker.mjs': `${IMPORTS} ${ECHO}`,
  },
  'something else that is called Worker': {
    'main.mjs': `${SLOTS} import { print } from './print.mjs';
      globalThis.Worker = class { constructor(...args) { this.args = args; } postMessage(...args) { return args; } };
      globalThis.MessageChannel = class { constructor() { return { port1: { x: 1 }, port2: { y: 1 } }; } };
      const worker = new Worker('a', 2);
      print([worker, worker.postMessage(1, [2]), new MessageChannel()]);
      globalThis.Worker = class { constructor() { return 5; } };
      print(new Worker() instanceof Worker);
      globalThis.MessageChannel = function () { return Object.create(null); };
      try { print(new MessageChannel()); } catch (error) { print(error.message); }`,
  },
  BroadcastChannel: {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const [a, b] = [new BroadcastChannel('x'), new BroadcastChannel('x')];
      b.onmessage = ({ data }) => { print(data); if (data === 2) { a.close(); b.close(); } };
      a.postMessage({ a: 1 });
      a.postMessage(2);`,
  },
  'messages that an uncompiled worker gets': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('plain-worker.mjs')}, { workerData: 1 });
      worker.on('message', (message) => print(['back', message]));
      worker.postMessage('early');
      await once(worker, 'message');
      worker.postMessage({ a: undefined });
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (message) => { print(['port', message]); port1.postMessage('over the port'); });
      worker.postMessage({ port2 }, [port2]);
      await pause(100);
      port1.postMessage({ b: 2 });
      port1.postMessage('end');
      await pause(100);
      worker.postMessage('end');`,
    'plain-worker.mjs': `${IMPORTS}
      ${record('parentPort')}
      print([workerData, getEnvironmentData('mine') ?? 'nothing', Object.keys(globalThis).sort()]);
      parentPort.on('message', ({ port2 }) => {
        if (!port2) return;
        ${record('port2')}
        port2.postMessage('from the worker');
        port2.on('message', (message) => { if (message === 'end') port2.close(); });
      });
      parentPort.on('message', (message) => { if (message === 'end') parentPort.close(); });
      parentPort.postMessage({ up: true });`,
  },
  'messages of a compiled worker that uncompiled code made': {
    'plain-main.mjs': `${IMPORTS} ${SLOTS}
      const worker = new Worker(${url('worker.mjs')});
      worker.on('message', (...args) => print(args));
      worker.postMessage('early');
      await once(worker, 'message');
      worker.postMessage('late');
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (...args) => print(['port', ...args]));
      worker.postMessage({ port: port2 }, [port2]);
      await pause(100);
      port1.postMessage('to the port');
      await pause(100);
      worker.postMessage('end');
      port1.close();`,
    'worker.mjs': `${IMPORTS} ${SLOTS}
      parentPort.on('message', (message) => {
        if (message.port) { message.port.on('message', (m) => message.port.postMessage(['re', m])); message.port.postMessage('hi'); }
        else if (message === 'end') parentPort.close();
        else { be('Bob'); parentPort.postMessage(['echo', message]); }
      });`,
  },
  'both ends of a channel go away: one to a compiled worker, one to an uncompiled one': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const ours = new Worker(${url('worker.mjs')});
      const plain = new Worker(${url('plain-worker.mjs')});
      await Promise.all([once(ours, 'message'), once(plain, 'message')]);
      for (const ends of [['port1', 'port2'], ['port2', 'port1']]) {
        const channel = new MessageChannel();
        const [first, second] = ends.map((name) => channel[name]);
        ours.postMessage({ port: first }, [first]);
        if (ends[0] === 'port2') await pause(100);
        plain.postMessage({ port: second }, [second]);
        await pause(300);
      }
      ours.postMessage({ end: 1 });
      plain.postMessage({ end: 1 });`,
    'worker.mjs': `${IMPORTS} import { be } from './slots.mjs';
      parentPort.postMessage('up');
      parentPort.on('message', async ({ port, end }) => {
        if (end) return parentPort.close();
        await pause(100);
        be('Bob');
        port.on('message', (message) => { print(['ours', message]); port.close(); });
        port.postMessage('hello');
      });`,
    'plain-worker.mjs': `${IMPORTS}
      parentPort.postMessage('up');
      parentPort.on('message', ({ port, end }) => {
        if (end) return parentPort.close();
        port.on('message', (message) => { print(['plain', message]); port.postMessage('hello back'); });
      });`,
  },
  'the same, the uncompiled one first': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const ours = new Worker(${url('worker.mjs')});
      const plain = new Worker(${url('plain-worker.mjs')});
      await Promise.all([once(ours, 'message'), once(plain, 'message')]);
      const { port1, port2 } = new MessageChannel();
      plain.postMessage({ port: port1 }, [port1]);
      ours.postMessage({ port: port2 }, [port2]);
      await pause(400);
      ours.postMessage({ end: 1 });
      plain.postMessage({ end: 1 });`,
    'worker.mjs': `${IMPORTS} import { be } from './slots.mjs';
      parentPort.postMessage('up');
      parentPort.on('message', async ({ port, end }) => {
        if (end) return parentPort.close();
        await pause(100);
        be('Bob');
        port.on('message', (message) => { print(['ours', message]); port.close(); });
        port.postMessage('hello');
      });`,
    'plain-worker.mjs': `${IMPORTS}
      parentPort.postMessage('up');
      parentPort.on('message', ({ port, end }) => {
        if (end) return parentPort.close();
        port.on('message', (message) => { print(['plain', message]); port.postMessage('hello back'); });
      });`,
  },
  'a port with a listener goes to an uncompiled worker as its data': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const { port1, port2 } = new MessageChannel();
      port2.on('close', () => {});
      port1.on('message', (message) => { print(['main', message]); port1.close(); });
      const worker = new Worker(${url('plain-worker.mjs')}, { workerData: { port2 }, transferList: [port2] });
      port1.postMessage('hello');`,
    'plain-worker.mjs': `${IMPORTS}
      workerData.port2.on('message', (message) => { print(message); workerData.port2.postMessage('back'); });`,
  },
  'a port with a listener is sent away by uncompiled code': {
    'main.mjs': `${IMPORTS} ${SLOTS} import { send } from './plain-send.mjs';
      const { port1, port2 } = new MessageChannel();
      port2.on('close', () => {});
      port1.on('message', (message) => { print(['main', message]); port1.close(); });
      const worker = new Worker(${url('plain-worker.mjs')});
      send(worker, port2);
      port1.postMessage('hello');`,
    'plain-send.mjs': `export const send = (worker, port) => worker.postMessage({ port }, [port]);`,
    'plain-worker.mjs': `${IMPORTS}
      parentPort.once('message', ({ port }) =>
        port.on('message', (message) => { print(message); port.postMessage('back'); }));`,
  },
  'a port with waiting messages goes to an uncompiled worker': {
    'main.mjs': `${IMPORTS} ${SLOTS}
      const { port1, port2 } = new MessageChannel();
      port2.on('error', () => {});
      port1.postMessage('before');
      port1.on('message', (message) => { print(['main', message]); port1.close(); });
      const worker = new Worker(${url('plain-worker.mjs')});
      worker.postMessage({ port: port2 }, [port2]);
      port1.postMessage('after');`,
    'plain-worker.mjs': `${IMPORTS}
      parentPort.once('message', ({ port }) =>
        port.on('message', (message) => { print(message); if (message === 'after') port.postMessage('back'); }));`,
  },
  'a worker that a compiled file makes and an uncompiled file uses': {
    'main.mjs': `${IMPORTS} ${SLOTS} import { use } from './plain-use.mjs';
      const worker = new Worker(${url('worker.mjs')});
      use(worker);
      worker.postMessage('from compiled code');`,
    'plain-use.mjs': `import { print } from './print.mjs'; export const use = (worker) => {
      let left = 3;
      worker.on('message', (...args) => { print(args); if (--left === 0) worker.postMessage('end'); });
      worker.postMessage('one');
      worker.once('online', () => worker.postMessage('two'));
    };`,
    'worker.mjs': `${IMPORTS} import { be } from './slots.mjs'; be('Bob'); ${ECHO}`,
  },
};

/** Programs of which several threads print at once. */
const sideBySide = new Set([
  'messages that an uncompiled worker gets',
  'messages of a compiled worker that uncompiled code made',
  'both ends of a channel go away: one to a compiled worker, one to an uncompiled one',
  'the same, the uncompiled one first',
  'listeners of a parent port',
]);

test.each(Object.entries(programs))('%s', async (name, files) => {
  const { printed } = await sameBothWays(files, { sorted: sideBySide.has(name) });

  expect(printed.length).toBeGreaterThan(0);
});

test('CommonJS', async () => {
  const native = await sameBothWays({
    'main.cjs': `
      const { Worker, MessageChannel } = require('worker_threads');
      const { print } = require('./print.cjs');
      const worker = new Worker(__dirname + '/worker.cjs');
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (message) => { print(message); port1.close(); worker.postMessage('end'); });
      worker.on('message', print);
      worker.on('exit', (code) => print({ code }));
      worker.postMessage({ port2 }, [port2]);`,
    'worker.cjs': `
      const threads = require('worker_threads');
      threads.parentPort.on('message', (message) => {
        if (message === 'end') threads.parentPort.close();
        else message.port2.postMessage('through the port');
      });
      threads.parentPort.postMessage([threads.isMainThread, threads.workerData]);`,
  });

  expect(native.printed).toContainEqual({ code: 0 });
});

test('a worker whose creator waits for it does not wait itself', async () => {
  const start = Date.now();
  await runs({
    'main.mjs': `${IMPORTS}
      class Other { constructor() { return new Worker(${url('worker.mjs')}); } }
      new Other();
      globalThis.Worker = Other;
      (() => { new globalThis.Worker(); })();`,
    'worker.mjs': `${IMPORTS} setTimeout(() => print(1), 1);`,
  });

  expect(Date.now() - start).toBeLessThan(10_000);
});
