import { AsyncLocalStorage } from 'node:async_hooks';

const a = new AsyncLocalStorage();
const b = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'run holds in the call, after awaits, and nowhere else': async (log) => {
    log('before', a.getStore());
    const result = a.run('ada', async () => {
      log('inside', a.getStore());
      await null;
      log('after await', a.getStore());
      await turn();
      log('after a turn', a.getStore());
      return 'done';
    });
    log('outside', a.getStore());
    log('result', await result);
    log('after', a.getStore());
  },

  'run passes arguments on, with null as the receiver, and gives what the call gives': async (
    log,
  ) => {
    const found = a.run(
      'ada',
      function (...args) {
        return [this === null || this === globalThis || this === undefined, ...args, a.getStore()];
      },
      1,
      2,
    );
    log('found', found.join());
  },

  'runs nest': async (log) => {
    await a.run('ada', async () => {
      await a.run('bob', async () => {
        await turn();
        log('inner', a.getStore());
      });
      log('outer', a.getStore());
      await turn();
      log('outer later', a.getStore());
    });
  },

  'runs of the same store nest': async (log) => {
    const store = { n: 0 };
    await a.run(store, async () => {
      a.run(store, () => a.getStore().n++);
      await a.run(store, async () => {
        await turn();
        a.getStore().n++;
      });
      log('n', a.getStore().n);
    });
  },

  'a run of the store that is there is no run: what is entered in it stays': async (log) => {
    a.run('ada', () => {
      a.run('ada', () => a.enterWith('eve'));
      log('after', a.getStore());
    });
    log('outside', a.getStore());
  },

  'NaN is the same store, and 0 and -0 are two': async (log) => {
    a.run(NaN, () => {
      a.run(NaN, () => a.enterWith('eve'));
      log('NaN', a.getStore());
    });
    a.run(0, () => {
      a.run(-0, () => a.enterWith('eve'));
      log('0', Object.is(a.getStore(), 0));
    });
  },

  'runs side by side do not see each other': async (log) => {
    const seen = await Promise.all(
      ['ada', 'bob', 'cleo'].map((name) =>
        a.run(name, async () => {
          await turn();
          await null;
          return a.getStore();
        }),
      ),
    );
    log('seen', seen.join());
  },

  'run goes back when the call throws': async (log) => {
    a.run('ada', () => {
      try {
        a.run('bob', () => {
          throw new Error(a.getStore());
        });
      } catch (error) {
        log('caught', error.message, a.getStore());
      }
    });
    try {
      a.run('ada', () => {
        throw new Error('out');
      });
    } catch (error) {
      log('caught', error.message, a.getStore());
    }
  },

  'run of what cannot be called throws, and goes back': async (log) => {
    try {
      a.run('ada', undefined);
    } catch (error) {
      log('caught', error.name, a.getStore());
    }
  },

  'a rejected run': async (log) => {
    await a.run('ada', async () => {
      try {
        await a.run('bob', async () => {
          await turn();
          throw new Error(a.getStore());
        });
      } catch (error) {
        log('caught', error.message, a.getStore());
      } finally {
        log('finally', a.getStore());
      }
      log('later', a.getStore());
    });
  },

  'run with undefined hides the store': async (log) => {
    await a.run('ada', async () => {
      a.run(undefined, () => log('hidden', a.getStore()));
      log('there', a.getStore());
    });
  },

  'exit has no store, and comes back': async (log) => {
    await a.run('ada', async () => {
      const sum = a.exit((x, y) => (log('in exit', a.getStore()), x + y), 1, 2);
      log('sum', sum, a.getStore());
      await a.exit(async () => {
        await turn();
        log('in exit, later', a.getStore());
      });
      log('after exit', a.getStore());
      try {
        a.exit(() => {
          throw new Error('out of exit');
        });
      } catch (error) {
        log('caught', error.message, a.getStore());
      }
    });
  },

  'two storages are independent': async (log) => {
    await a.run('a1', () =>
      b.run('b1', async () => {
        await turn();
        log('both', a.getStore(), b.getStore());
        await a.exit(async () => {
          await null;
          log('one', a.getStore(), b.getStore());
        });
        b.run('b2', () => log('nested', a.getStore(), b.getStore()));
        log('both', a.getStore(), b.getStore());
      }),
    );
    log('none', a.getStore(), b.getStore());
  },

  'a default value is there without a run, and not in exit': async (log) => {
    const c = new AsyncLocalStorage({ defaultValue: 'default', name: 'of c' });
    log('name', c.name);
    log('default', c.getStore());
    c.run('ada', () => log('run', c.getStore()));
    c.run(undefined, () => log('undefined', c.getStore()));
    c.exit(() => log('exit', c.getStore()));
    await turn();
    log('default', c.getStore());
  },

  'names and options': async (log) => {
    log('none', JSON.stringify(new AsyncLocalStorage().name));
    log('undefined', JSON.stringify(new AsyncLocalStorage({ name: undefined }).name));
    log('null', new AsyncLocalStorage({ name: null }).name);
    log('number', new AsyncLocalStorage({ name: 3 }).name);
    for (const options of [null, [], 'text', 1, () => {}]) {
      try {
        new AsyncLocalStorage(options);
        log('taken');
      } catch (error) {
        log(error.name, error.code);
      }
    }
    try {
      AsyncLocalStorage();
    } catch (error) {
      log(error.name);
    }
    for (const key of ['run', 'exit', 'enterWith', 'getStore', 'disable', 'withScope']) {
      log(key, AsyncLocalStorage.prototype[key].length, AsyncLocalStorage.prototype[key].name);
    }
    log('static', AsyncLocalStorage.bind.length, AsyncLocalStorage.snapshot.length);
    log('constructor', AsyncLocalStorage.length, AsyncLocalStorage.name);
    log('class', new (class extends AsyncLocalStorage {})() instanceof AsyncLocalStorage);
  },

  'disable takes the store away until it is set anew': async (log) => {
    const c = new AsyncLocalStorage();
    c.enterWith('ada');
    log('before', c.getStore());
    c.disable();
    log('disabled', c.getStore());
    await turn();
    log('later', c.getStore());
    c.run('bob', () => log('anew', c.getStore()));
    c.enterWith('cleo');
    await turn();
    log('entered', c.getStore());
    c.disable();
    c.disable();
    log('twice', c.getStore());
  },

  'disable in a run': async (log) => {
    const c = new AsyncLocalStorage();
    await c.run('ada', async () => {
      c.disable();
      log('disabled', c.getStore());
      await null;
      log('later', c.getStore());
      c.enterWith('bob');
      await turn();
      log('entered', c.getStore());
    });
    log('outside', c.getStore());
  },

  'withScope sets the store until it is disposed of': async (log) => {
    await a.run('ada', async () => {
      const scope = a.withScope('bob');
      log('in the scope', a.getStore());
      const inner = a.withScope('cleo');
      log('in the inner scope', a.getStore());
      inner.dispose();
      log('in the scope', a.getStore());
      await turn();
      log('later', a.getStore());
      scope[Symbol.dispose]();
      log('over', a.getStore());
      a.enterWith('dora');
      scope.dispose();
      log('disposed of twice', a.getStore());
    });
    log('outside', a.getStore());
  },

  'withScope in a plain function': async (log) => {
    const inScope = (name) => {
      const scope = a.withScope(name);
      try {
        return a.getStore();
      } finally {
        scope.dispose();
      }
    };
    log('in', inScope('ada'));
    log('out', a.getStore());
    a.run('bob', () => {
      log('in', inScope('ada'));
      log('out', a.getStore());
    });
  },
};
