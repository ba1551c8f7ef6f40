import { ran } from '../harness/child';
import { instrument } from '../harness/instrument';

// A store goes when nothing that could still run needs it, whatever handles a program keeps.

const prelude = `
  import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
  import { EventEmitter } from 'node:events';
  import * as http from 'node:http';
  const a = new AsyncLocalStorage();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const kept = [];
  let ref;
  const run = (fn) => {
    const store = { rows: new Array(1000).fill('row') };
    ref = new WeakRef(store);
    return a.run(store, fn);
  };
  const isGone = async () => {
    for (let i = 0; i < 50 && ref.deref() !== undefined; i++) {
      await turn();
      gc();
    }
    return ref.deref() === undefined;
  };
`;

const programs: Record<string, string> = {
  'a run that is over': `run(() => a.getStore());`,
  'a run with awaits': `await run(async () => { await null; await turn(); });`,
  'a promise that is kept': `kept.push(run(async () => { await turn(); })); await kept[0];`,
  'a promise of a then that is kept': `kept.push(run(() => turn().then(() => {}))); await kept[0];`,
  'a promise that rejected': `
    kept.push(run(async () => { await turn(); throw new Error(); }));
    await kept[0].catch(() => {});`,
  'a microtask and a tick': `
    await run(() => new Promise((resolve) => process.nextTick(() => queueMicrotask(resolve))));`,
  'an immediate whose handle is kept': `
    await run(() => new Promise((resolve) => kept.push(setImmediate(resolve))));`,
  'a timer whose handle is gone': `await run(() => new Promise((resolve) => setTimeout(resolve, 1)));`,
  'a timer that is cleared': `run(() => clearTimeout(setTimeout(() => {}, 1e6)));`,
  'an interval that is cleared': `
    await run(() => new Promise((resolve) => {
      const interval = setInterval(() => { clearInterval(interval); resolve(); }, 1);
    }));`,
  'a timer that is cleared and kept': `
    run(() => kept.push(setTimeout(() => {}, 1e6)));
    clearTimeout(kept[0]);`,
  'a listener that is removed': `
    const emitter = new EventEmitter();
    const listener = () => {};
    run(() => emitter.on('x', listener));
    emitter.off('x', listener);
    kept.push(emitter, listener);`,
  'a listener that ran once': `
    const emitter = new EventEmitter();
    run(() => emitter.once('x', () => {}));
    emitter.emit('x');
    kept.push(emitter);`,
  'an emitter that emitted in the run': `
    const emitter = new EventEmitter().on('x', () => {});
    run(() => emitter.emit('x'));
    kept.push(emitter);`,
  'a socket that is kept alive, and its parser': `
    const server = http.createServer((_, response) => response.end('answer'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const agent = new http.Agent({ keepAlive: true });
    const { port } = server.address();
    const get = () => new Promise((resolve) => {
      http.get({ host: '127.0.0.1', port, agent }, (response) => response.resume().on('close', resolve));
    });
    // The socket is another run's; this one only borrows it.
    await get();
    await turn();
    await run(get);
    kept.push(agent, server);
    console.log(Object.values(agent.freeSockets).flat().length);
    const closed = isGone();
    await closed;
    agent.destroy();
    server.close();`,
  'a server that handled a request in the run': `
    const server = http.createServer((_, response) => run(async () => { await turn(); response.end(); }));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const agent = new http.Agent({ keepAlive: true });
    const { port } = server.address();
    await new Promise((resolve) => {
      http.get({ host: '127.0.0.1', port, agent }, (response) => response.resume().on('close', resolve));
    });
    await isGone();
    agent.destroy();
    server.close();`,
  'a store that was entered': `
    await turn().then(async () => { await null; return run(() => a.enterWith(a.getStore())); });`,
  'a store that another was entered over': `
    run(() => {});
    const late = async () => {
      const store = { rows: [] };
      ref = new WeakRef(store);
      a.enterWith(store);
      await turn();
      a.enterWith(undefined);
      await turn();
    };
    await new AsyncResource('late').runInAsyncScope(late);`,
  'a storage that nobody has any more': `
    await (async () => {
      const storage = new AsyncLocalStorage();
      ref = new WeakRef(storage);
      await storage.run('store', turn);
    })();`,
  'a resource that is gone': `run(() => new AsyncResource('gone'));`,
  'a bound function that is gone': `run(() => AsyncLocalStorage.bind(() => {}));`,
};

/** A promise carries its strand, for whoever joins it or asks `contextOf`, and the strand its last frame. */
const keptByOurs = new Set([
  ...['a promise that is kept', 'a promise of a then that is kept', 'a promise that rejected'],
]);

/** With the bridge open, a connection may keep a store, as it does with Node's own AsyncLocalStorage. */
const maybeKeptByNode = new Set(['a server that handled a request in the run']);

// On Node 20 and 22 a timer keeps the store of its AsyncLocalStorage, with and without us.
const [major] = process.versions.node.split('.').map(Number);

describe.each(major! >= 24 ? ['off', 'on'] : ['off'])('with the bridge %s', (bridge) => {
  describe.each(Object.entries(programs))('%s', (title, code) => {
    const program = `${prelude} export const main = async () => { ${code} console.log(await isGone()); };`;

    test('ours', async () => {
      const options = { asyncHooks: 'runtime', causes: false } as const;
      const compiled = instrument(program, options, { commonjs: true });
      const isGone = await lastLine(compiled, bridge);
      if (bridge === 'on' && maybeKeptByNode.has(title)) return;
      expect(isGone).toBe(String(!keptByOurs.has(title)));
    });
  });
});

test('what still runs keeps its store', async () => {
  const code = `${prelude} export const main = async () => {
    run(() => kept.push(setInterval(() => a.getStore(), 1e6)));
    console.log(await isGone());
    clearInterval(kept[0]);
  };`;

  expect(await lastLine(instrument(code, { asyncHooks: 'runtime' }, { commonjs: true }))).toBe(
    'false',
  );
});

async function lastLine(code: string, bridge = 'off'): Promise<string> {
  // In a frame of its own: the module's would be everybody's.
  const { stdout, stderr } = await ran(
    ['--expose-gc', '-e', `${code}\nsetImmediate(exports.main);`],
    { env: { THROUGHLINE_BRIDGE: bridge } },
  );
  expect(stderr).toBe('');
  return stdout.trim().split('\n').at(-1)!;
}
