import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';

const a = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'made in one run and then-ed in another': async (log) => {
    const promise = a.run('ada', () => turn());
    await a.run('bob', () => promise.then(() => log('then', a.getStore())));
    await promise.then(() => log('then outside', a.getStore()));
    await a.run('cleo', async () => {
      await promise;
      log('await', a.getStore());
    });
  },

  'settled in one run, then-ed in another': async (log) => {
    let settle;
    const promise = new Promise((resolve) => (settle = resolve));
    const reaction = a.run('ada', () => promise.then(() => log('then', a.getStore())));
    a.run('bob', () => settle());
    await reaction;
    let refuse;
    const rejected = new Promise((_, reject) => (refuse = reject));
    const caught = a.run('ada', () => rejected.catch(() => log('catch', a.getStore())));
    setImmediate(() => a.run('bob', () => refuse(new Error())));
    await caught;
  },

  chains: async (log) => {
    await a.run('ada', () =>
      Promise.resolve(1)
        .then((n) => (log('first', a.getStore()), turn().then(() => n + 1)))
        .then((n) => {
          log('second', n, a.getStore());
          throw new Error('third');
        })
        .finally(() => log('finally', a.getStore()))
        .catch((error) => log(error.message, a.getStore())),
    );
  },

  combinators: async (log) => {
    await a.run('ada', async () => {
      const late = (name) => a.run(name, async () => (await turn(), a.getStore()));
      log('all', (await Promise.all([late('b'), late('c')])).join(), a.getStore());
      log('race', await Promise.race([late('b'), late('c')]), a.getStore());
      log('any', await Promise.any([late('b'), late('c')]), a.getStore());
      await Promise.allSettled([late('b'), Promise.reject(new Error())]);
      log('allSettled', a.getStore());
      await Promise.all([late('b')]).then(() => log('then', a.getStore()));
    });
  },

  'the then of a thenable runs in the stores of the await': async (log) => {
    const thenable = {
      then(resolve) {
        log('then', a.getStore());
        resolve('value');
      },
    };
    await a.run('ada', async () => {
      log('await', await thenable, a.getStore());
    });
    await a.run('bob', async () => thenable);
    await a.run('cleo', () => Promise.resolve(thenable));
    await a.run('dora', () => new Promise((resolve) => resolve(thenable)));
    await a.run('erin', () => Promise.resolve().then(() => thenable));
  },

  'a thenable that calls back later, in other stores': async (log) => {
    const thenable = {
      then: (resolve) => a.run('eve', () => setImmediate(() => resolve(a.getStore()))),
    };
    await a.run('ada', async () => {
      log('await', await thenable, a.getStore());
      await Promise.resolve(thenable).then((value) => log('then', value, a.getStore()));
    });
  },

  'a query builder: work begins at then': async (log) => {
    class Query {
      constructor() {
        this.made = a.getStore();
      }
      then(fulfilled, rejected) {
        const store = a.getStore();
        return turn()
          .then(() => `${this.made} ${store} ${a.getStore()}`)
          .then(fulfilled, rejected);
      }
    }
    const query = a.run('ada', () => new Query());
    log('query', await a.run('bob', async () => await query));
  },

  'a thenable whose then enters': async (log) => {
    await a.run('ada', async () => {
      await {
        then(resolve) {
          a.enterWith('eve');
          resolve();
        },
      };
      log('after', a.getStore());
    });
  },

  'a thenable that rejects or throws': async (log) => {
    await a.run('ada', async () => {
      try {
        await {
          then() {
            throw new Error(a.getStore());
          },
        };
      } catch (error) {
        log('thrown', error.message, a.getStore());
      }
      try {
        await {
          then: (_, reject) => setImmediate(reject, new Error('late')),
        };
      } catch (error) {
        log('rejected', error.message, a.getStore());
      }
    });
  },

  'a generator sees whoever asks': async (log) => {
    function* values() {
      for (;;) yield a.getStore();
    }
    const steps = a.run('ada', () => values());
    log(
      'first',
      a.run('bob', () => steps.next().value),
    );
    log('second', steps.next().value);
    log(
      'third',
      a.run('cleo', () => [...take(steps, 2)].join()),
    );
    function* take(iterator, n) {
      for (let i = 0; i < n; i++) yield iterator.next().value;
    }
  },

  'an async generator that is used where it was made': async (log) => {
    async function* values() {
      log('start', a.getStore());
      await turn();
      yield a.getStore();
      await null;
      yield a.getStore();
    }
    await a.run('ada', async () => {
      for await (const value of values()) log('value', value, a.getStore());
      log('after', a.getStore());
    });
    log('outside', a.getStore());
  },

  'for await over promises and over what is left half-way': async (log) => {
    async function* values() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        await turn();
        log('closed', a.getStore());
      }
    }
    await a.run('ada', async () => {
      for await (const value of [turn().then(() => a.getStore()), 2]) log(value, a.getStore());
      for await (const value of values()) if (value === 2) break;
      log('after', a.getStore());
    });
  },

  'promisified callbacks': async (log) => {
    const later = (value, callback) => setImmediate(() => callback(null, value));
    await a.run('ada', async () => {
      log(await promisify(later)('value'), a.getStore());
      await promisify(setTimeout)(1);
      log('setTimeout', a.getStore());
    });
  },

  'an error that is caught far away': async (log) => {
    const deep = async (n) => {
      await null;
      if (n === 0) throw new Error(a.getStore());
      await a.run(`level ${n}`, () => deep(n - 1));
    };
    try {
      await a.run('ada', () => deep(3));
    } catch (error) {
      log(error.message, a.getStore());
    }
  },

  recursion: async (log) => {
    const sum = async (n) => {
      if (n === 0) return 0;
      await null;
      return n + (await a.run(n, async () => (await null, await sum(n - 1), a.getStore())));
    };
    log('sum', await sum(5), a.getStore());
  },
};
