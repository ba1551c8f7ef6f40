import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

const a = new AsyncLocalStorage();
const b = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'AsyncLocalStorage.bind keeps the stores of where it was called': async (log) => {
    const bound = a.run('ada', () => AsyncLocalStorage.bind((x, y) => [a.getStore(), x, y].join()));
    log('bare', bound(1, 2));
    log(
      'in a run',
      a.run('bob', () => bound(1, 2)),
    );
    await turn();
    log('later', bound(1, 2));
    log('here', a.getStore());
    const none = AsyncLocalStorage.bind(() => a.getStore());
    log('of none', a.run('bob', none));
  },

  'AsyncLocalStorage.bind: receiver, length, and what is no function': async (log) => {
    const holder = {
      name: 'holder',
      bound: AsyncLocalStorage.bind(function (x, y) {
        return [this?.name, x, y].join();
      }),
    };
    log('receiver', holder.bound(1, 2));
    log('length', holder.bound.length, AsyncLocalStorage.bind(() => {}).length);
    for (const value of [undefined, null, 1, {}]) {
      try {
        AsyncLocalStorage.bind(value);
        log('taken');
      } catch (error) {
        log(error.name);
      }
    }
  },

  'AsyncLocalStorage.snapshot keeps all stores': async (log) => {
    const kept = a.run('ada', () => b.run('b1', () => AsyncLocalStorage.snapshot()));
    const read = (...args) => [a.getStore(), b.getStore(), ...args].join();
    log('bare', kept(read, 1, 2));
    log(
      'in a run',
      a.run('bob', () => kept(read)),
    );
    log(
      'after awaits',
      await a.run('bob', () =>
        kept(async () => {
          await turn();
          return read();
        }),
      ),
    );
    await turn();
    log('later', kept(read), a.getStore());
    try {
      kept(() => {
        throw new Error(a.getStore());
      });
    } catch (error) {
      log('caught', error.message, a.getStore());
    }
  },

  'what is entered in a snapshot stays there': async (log) => {
    const kept = a.run('ada', () => AsyncLocalStorage.snapshot());
    kept(() => a.enterWith('eve'));
    log('here', a.getStore());
    log(
      'again',
      kept(() => a.getStore()),
    );
    await kept(async () => {
      a.enterWith('eve');
      await null;
    });
    log('here', a.getStore());
  },

  'a resource runs functions with the stores of where it was made': async (log) => {
    const resource = a.run('ada', () => new AsyncResource('Query'));
    const read = function (...args) {
      return [a.getStore(), this?.name, ...args].join();
    };
    log('bare', resource.runInAsyncScope(read));
    log('this and arguments', resource.runInAsyncScope(read, { name: 'me' }, 1, 2));
    log(
      'in a run',
      a.run('bob', () => resource.runInAsyncScope(read)),
    );
    await turn();
    log('later', resource.runInAsyncScope(read), a.getStore());
    log(
      'after awaits',
      await resource.runInAsyncScope(async () => {
        await turn();
        return a.getStore();
      }),
    );
    try {
      resource.runInAsyncScope(() => {
        throw new Error(a.getStore());
      });
    } catch (error) {
      log('caught', error.message, a.getStore());
    }
    resource.runInAsyncScope(() => a.enterWith('eve'));
    log('entered', a.getStore(), resource.runInAsyncScope(read));
  },

  'a pool: each task calls back in its own stores': async (log) => {
    class Task extends AsyncResource {
      constructor(done) {
        super('Task');
        this.done = done;
      }
      finish(value) {
        this.runInAsyncScope(this.done, null, value);
        this.emitDestroy();
      }
    }
    const tasks = [];
    const work = (name) =>
      a.run(
        name,
        () =>
          new Promise((resolve) => {
            tasks.push(new Task((value) => resolve(`${value} ${a.getStore()}`)));
          }),
      );
    const all = Promise.all(['ada', 'bob'].map(work));
    setImmediate(() => tasks.forEach((task, i) => task.finish(i)));
    log('all', (await all).join());
    log('is a resource', tasks[0] instanceof AsyncResource);
  },

  'bind of a resource: receiver, length, other members': async (log) => {
    const resource = a.run('ada', () => new AsyncResource('Query'));
    const read = function (x, y) {
      return [a.getStore(), this?.name, x, y].join();
    };
    const holder = { name: 'holder', bound: resource.bind(read) };
    log('receiver', holder.bound(1, 2), holder.bound.length);
    const given = { name: 'other', bound: resource.bind(read, { name: 'given' }) };
    log('given', given.bound(1, 2), given.bound.length);
    const nothing = { name: 'other', bound: resource.bind(read, null) };
    log('null', nothing.bound(1, 2));
    log('static', AsyncResource.bind(read, 'T', { name: 'static' })(1, 2));
    log('static, no type', a.run('bob', () => AsyncResource.bind(read))(1, 2));
    for (const value of [undefined, null, 1, {}]) {
      try {
        resource.bind(value);
        log('taken');
      } catch (error) {
        log(error.name, error.code);
      }
    }
  },

  ids: async (log) => {
    const first = new AsyncResource('A');
    const second = new AsyncResource('B', { triggerAsyncId: first.asyncId() });
    const third = new AsyncResource('C', 7);
    log('different', new Set([first, second, third].map((one) => one.asyncId())).size);
    log('growing', first.asyncId() < second.asyncId() && second.asyncId() < third.asyncId());
    log('triggers', second.triggerAsyncId() === first.asyncId(), third.triggerAsyncId());
    log('destroyed', first.emitDestroy() === first);
    log('type', typeof first.asyncId(), typeof first.triggerAsyncId());
    for (const args of [[], [null], [1], ['A', null], ['A', -2], ['A', { triggerAsyncId: 1.5 }]]) {
      try {
        new AsyncResource(...args);
        log('taken');
      } catch (error) {
        log(error.name, error.code);
      }
    }
    log('-1', new AsyncResource('A', -1).triggerAsyncId());
    for (const key of ['runInAsyncScope', 'bind', 'emitDestroy', 'asyncId', 'triggerAsyncId']) {
      log(key, AsyncResource.prototype[key].length);
    }
    log('static bind', AsyncResource.bind.length, 'constructor', AsyncResource.length);
  },
};
