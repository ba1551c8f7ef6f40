import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once, on } from 'node:events';
import {
  setTimeout as delay,
  setImmediate as soon,
  setInterval as every,
} from 'node:timers/promises';

const a = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'microtasks, ticks, immediates and timers see where they were set': async (log) => {
    const set = (name, start) =>
      new Promise((resolve) =>
        a.run(name, () => start(() => (log(name, a.getStore()), resolve()))),
      );
    await set('queueMicrotask', queueMicrotask);
    await set('nextTick', process.nextTick);
    await set('setImmediate', setImmediate);
    await set('setTimeout', (fn) => setTimeout(fn, 1));
    await set('nested', (fn) => setTimeout(() => queueMicrotask(() => setImmediate(fn)), 1));
    log('outside', a.getStore());
  },

  'their arguments and handles': async (log) => {
    await a.run('ada', async () => {
      await new Promise((resolve) => {
        setTimeout((x, y) => (log(x, y, a.getStore()), resolve()), 1, 'x', 'y');
      });
      await new Promise((resolve) => {
        setImmediate((x) => (log(x, a.getStore()), resolve()), 'x');
      });
      await new Promise((resolve) => {
        process.nextTick((x) => (log(x, a.getStore()), resolve()), 'x');
      });
      const timer = setTimeout(() => log('never'), 1);
      clearTimeout(timer);
      log(typeof timer.ref, timer.hasRef());
      const again = await new Promise((resolve) => {
        let runs = 0;
        const refreshed = setTimeout(() => {
          if (++runs === 2) resolve(a.getStore());
          else a.run('bob', () => refreshed.refresh());
        }, 1);
      });
      log('refreshed', again);
    });
  },

  'intervals see where they were set, at every firing': async (log) => {
    let runs = 0;
    await a.run(
      'ada',
      () =>
        new Promise((resolve) => {
          const interval = setInterval(() => {
            log('firing', a.getStore());
            if (++runs < 3) return;
            clearInterval(interval);
            resolve();
          }, 1);
        }),
    );
  },

  'timers/promises': async (log) => {
    await a.run('ada', async () => {
      log(await delay(1, 'value'), a.getStore());
      log(await soon('value'), a.getStore());
      let runs = 0;
      for await (const value of every(1, 'tick')) {
        log(value, a.getStore());
        if (++runs === 3) break;
      }
      log('after', a.getStore());
      const controller = new AbortController();
      setImmediate(() => controller.abort());
      try {
        await delay(10_000, undefined, { signal: controller.signal });
      } catch (error) {
        log(error.name, a.getStore());
      }
    });
    log('outside', a.getStore());
  },

  'timers/promises in runs side by side': async (log) => {
    const found = await Promise.all(
      ['ada', 'bob', 'cleo'].map((name, i) =>
        a.run(name, async () => {
          await delay(4 - i);
          await soon();
          return a.getStore();
        }),
      ),
    );
    log(found.join());
  },

  'listeners see whoever emits': async (log) => {
    const emitter = new EventEmitter();
    a.run('ada', () => emitter.on('x', (value) => log(value, a.getStore())));
    a.run('bob', () => emitter.emit('x', 1));
    emitter.emit('x', 2);
    await a.run('cleo', async () => {
      await turn();
      emitter.emit('x', 3);
    });
    setImmediate(() => a.run('dora', () => emitter.emit('x', 4)));
    await turn();
    await turn();
  },

  'once, prepended and removed listeners': async (log) => {
    const emitter = new EventEmitter();
    const gone = () => log('never');
    a.run('ada', () => {
      emitter.once('x', () => log('once', a.getStore()));
      emitter.prependListener('x', () => log('prepended', a.getStore()));
      emitter.on('x', gone);
    });
    emitter.off('x', gone);
    a.run('bob', () => emitter.emit('x'));
    a.run('cleo', () => emitter.emit('x'));
  },

  'a listener that is bound sees where it was bound': async (log) => {
    const emitter = new EventEmitter();
    a.run('ada', () =>
      emitter.on(
        'x',
        AsyncLocalStorage.bind(() => log('bound', a.getStore())),
      ),
    );
    a.run('bob', () => emitter.emit('x'));
  },

  'events.once and events.on': async (log) => {
    const emitter = new EventEmitter();
    const waited = a.run('ada', async () => {
      const [value] = await once(emitter, 'x');
      log(value, a.getStore());
      setImmediate(() => {
        emitter.emit('y', 1);
        emitter.emit('y', 2);
      });
      let count = 0;
      for await (const [item] of on(emitter, 'y')) {
        log(item, a.getStore());
        if (++count === 2) break;
      }
    });
    a.run('bob', () => emitter.emit('x', 'first'));
    await waited;
  },

  'an emitter that reports errors': async (log) => {
    const emitter = new EventEmitter({ captureRejections: true });
    const failed = new Promise((resolve) => {
      emitter.on('error', (error) => (log(error.message, a.getStore()), resolve()));
    });
    emitter.on('x', async () => {
      await turn();
      throw new Error(`in ${a.getStore()}`);
    });
    a.run('ada', () => emitter.emit('x'));
    await failed;
  },

  'event targets and abort signals': async (log) => {
    const target = new EventTarget();
    a.run('ada', () => target.addEventListener('x', () => log('target', a.getStore())));
    a.run('bob', () => target.dispatchEvent(new Event('x')));
    const controller = new AbortController();
    a.run('ada', () =>
      controller.signal.addEventListener('abort', () => log('abort', a.getStore())),
    );
    a.run('bob', () => controller.abort());
  },

  'a message channel of its own': async (log) => {
    await a.run('ada', async () => {
      const { port1, port2 } = new MessageChannel();
      await new Promise((resolve) => {
        port1.on('message', (value) => (log(value, a.getStore()), resolve()));
        port2.postMessage('hello');
      });
      port1.close();
    });
  },

  'callbacks that nest': async (log) => {
    await new Promise((resolve) => {
      a.run('ada', () => {
        setTimeout(() => {
          a.run('bob', () => setImmediate(() => log('inner', a.getStore())));
          process.nextTick(() => log('tick', a.getStore()));
          Promise.resolve().then(() => log('then', a.getStore()));
          setImmediate(() => setImmediate(() => (log('outer', a.getStore()), resolve())));
        }, 1);
      });
    });
  },
};
