import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';

const a = new AsyncLocalStorage();
const b = new AsyncLocalStorage();
const turn = () => new Promise((resolve) => setImmediate(resolve));

export const programs = {
  'it holds from there on, in what is started there, and not in what was started before': async (
    log,
  ) => {
    const before = new Promise((resolve) => setImmediate(() => resolve(a.getStore())));
    a.enterWith('ada');
    const after = new Promise((resolve) => setImmediate(() => resolve(a.getStore())));
    log('here', a.getStore());
    await null;
    log('after await', a.getStore());
    log('before', await before);
    log('after', await after);
  },

  'before the first await it reaches the caller': async (log) => {
    const callee = async () => {
      a.enterWith('bob');
      await null;
      log('callee', a.getStore());
    };
    a.enterWith('ada');
    const promise = callee();
    log('caller', a.getStore());
    await promise;
    log('caller, later', a.getStore());
  },

  'after the first await it does not': async (log) => {
    const callee = async () => {
      await null;
      a.enterWith('bob');
      log('callee', a.getStore());
      await turn();
      log('callee, later', a.getStore());
    };
    a.enterWith('ada');
    await callee();
    log('caller', a.getStore());
  },

  'it reaches the caller of a caller': async (log) => {
    const inner = async () => {
      a.enterWith('cleo');
      await turn();
    };
    const outer = async () => {
      const promise = inner();
      log('outer', a.getStore());
      await promise;
      a.enterWith('dora');
    };
    const promise = outer();
    log('caller', a.getStore());
    await promise;
    log('caller, later', a.getStore());
  },

  'an async function without an await': async (log) => {
    const callee = async () => {
      a.enterWith('bob');
    };
    await callee();
    log('caller', a.getStore());
  },

  'an async function that throws at once': async (log) => {
    const callee = async () => {
      a.enterWith('bob');
      throw new Error('at once');
    };
    const promise = callee();
    log('caller', a.getStore());
    try {
      await promise;
    } catch (error) {
      log(error.message, a.getStore());
    }
  },

  'an async function whose default value enters': async (log) => {
    const callee = async (value = a.enterWith('bob')) => {
      await value;
      a.enterWith('eve');
    };
    const promise = callee();
    log('caller', a.getStore());
    await promise;
    log('caller, later', a.getStore());
  },

  'a plain function': async (log) => {
    const enter = (name) => a.enterWith(name);
    enter('ada');
    log('caller', a.getStore());
    [1].forEach(() => enter('bob'));
    log('caller', a.getStore());
    await turn();
    log('later', a.getStore());
  },

  'a method, a getter and a constructor': async (log) => {
    class Session {
      constructor(name) {
        a.enterWith(name);
      }
      async open() {
        a.enterWith('opened');
        await turn();
        a.enterWith('late');
      }
      get name() {
        a.enterWith('got');
        return a.getStore();
      }
    }
    const session = new Session('made');
    log('constructor', a.getStore());
    await session.open();
    log('method', a.getStore());
    log('getter', session.name, a.getStore());
  },

  'a function that is called by code which was not compiled': async (log) => {
    ['bob'].map(async (name) => {
      a.enterWith(name);
      await null;
    });
    log('map', a.getStore());
    Reflect.apply(() => a.enterWith('cleo'), undefined, []);
    log('apply', a.getStore());
    'x'.replace('x', () => (a.enterWith('dora'), ''));
    log('replace', a.getStore());
  },

  'two that are called one after the other': async (log) => {
    const enter = async (name) => {
      a.enterWith(name);
      await turn();
      return a.getStore();
    };
    const both = [enter('ada'), enter('bob')];
    log('caller', a.getStore());
    log('both', (await Promise.all(both)).join());
    log('caller', a.getStore());
  },

  'in a timer, a microtask, a tick and a then, it stays there': async (log) => {
    a.enterWith('ada');
    await new Promise((resolve) => setTimeout(() => (a.enterWith('eve'), resolve()), 1));
    log('setTimeout', a.getStore());
    await new Promise((resolve) => queueMicrotask(() => (a.enterWith('eve'), resolve())));
    log('queueMicrotask', a.getStore());
    await new Promise((resolve) => process.nextTick(() => (a.enterWith('eve'), resolve())));
    log('nextTick', a.getStore());
    await Promise.resolve().then(() => a.enterWith('eve'));
    log('then', a.getStore());
    await Promise.reject(new Error()).catch(() => a.enterWith('eve'));
    log('catch', a.getStore());
    await Promise.resolve().finally(() => a.enterWith('eve'));
    log('finally', a.getStore());
  },

  'in an executor it reaches whoever makes the promise': async (log) => {
    const promise = new Promise((resolve) => {
      a.enterWith('ada');
      setImmediate(resolve);
    });
    log('after', a.getStore());
    await promise;
    log('later', a.getStore());
  },

  'in a reaction it does not reach the next one': async (log) => {
    const seen = await Promise.resolve()
      .then(() => a.enterWith('eve'))
      .then(() => a.getStore());
    log('next', seen);
  },

  'each firing of an interval starts afresh': async (log) => {
    let runs = 0;
    await new Promise((resolve) => {
      const interval = setInterval(() => {
        log('firing', a.getStore());
        a.enterWith(`firing ${runs}`);
        if (++runs < 3) return;
        clearInterval(interval);
        resolve();
      }, 1);
    });
    log('after', a.getStore());
  },

  'in a listener it reaches whoever emits': async (log) => {
    const emitter = new EventEmitter();
    emitter.on('x', () => a.enterWith('bob'));
    emitter.on('x', () => log('second listener', a.getStore()));
    a.enterWith('ada');
    emitter.emit('x');
    log('emitter', a.getStore());
    await turn();
    log('later', a.getStore());
  },

  'in an async listener it reaches whoever emits, before its first await': async (log) => {
    const emitter = new EventEmitter();
    emitter.on('x', async () => {
      a.enterWith('bob');
      await null;
      a.enterWith('eve');
    });
    emitter.emit('x');
    log('emitter', a.getStore());
    await turn();
    log('later', a.getStore());
  },

  'in a listener that throws': async (log) => {
    const emitter = new EventEmitter();
    emitter.on('x', () => {
      a.enterWith('bob');
      throw new Error('listener');
    });
    try {
      emitter.emit('x');
    } catch (error) {
      log(error.message, a.getStore());
    }
  },

  'in a listener of an event target': async (log) => {
    const target = new EventTarget();
    target.addEventListener('x', () => a.enterWith('bob'));
    target.dispatchEvent(new Event('x'));
    log('after', a.getStore());
  },

  'in a run of another storage it stays when that is over': async (log) => {
    b.run('b1', () => a.enterWith('ada'));
    log('after', a.getStore(), b.getStore());
    await b.run('b1', async () => {
      a.enterWith('bob');
      await turn();
      a.enterWith('eve');
    });
    log('after', a.getStore(), b.getStore());
    b.exit(() => a.enterWith('cleo'));
    log('exit', a.getStore(), b.getStore());
    try {
      b.run('b2', () => {
        a.enterWith('dora');
        throw new Error('run');
      });
    } catch {
      log('thrown', a.getStore(), b.getStore());
    }
  },

  'in a run of its own it goes when that is over': async (log) => {
    a.enterWith('ada');
    a.run('bob', () => a.enterWith('eve'));
    log('after', a.getStore());
    a.exit(() => a.enterWith('eve'));
    log('exit', a.getStore());
    await a.run('bob', async () => {
      await null;
      a.enterWith('eve');
    });
    log('later', a.getStore());
  },

  'it overrules what was entered before': async (log) => {
    a.enterWith('ada');
    a.enterWith('bob');
    log('last', a.getStore());
    a.enterWith(undefined);
    await turn();
    log('undefined', a.getStore());
  },

  'what a callee enters back is entered': async (log) => {
    a.enterWith('ada');
    const callee = async () => {
      a.enterWith('bob');
      await null;
    };
    await callee();
    a.enterWith('ada');
    const back = async () => {
      a.enterWith('bob');
      a.enterWith('ada');
      await null;
    };
    await back();
    log('caller', a.getStore());
  },

  'in the body of a generator it reaches whoever asks': async (log) => {
    function* steps() {
      a.enterWith('ada');
      yield a.getStore();
      a.enterWith('bob');
      yield a.getStore();
    }
    const iterator = steps();
    log('made', a.getStore());
    log('first', iterator.next().value, a.getStore());
    log('second', iterator.next().value, a.getStore());
    a.enterWith('cleo');
    iterator.next();
    log('end', a.getStore());
  },
};
