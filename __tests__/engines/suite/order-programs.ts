// Programs that show in which order microtasks run. The suite has them twice: compiled, and as they
// are written here.
import { thenable } from './harness/uncompiled';

export type Log = (entry: unknown) => void;

const nothing = (): void => {};

export const programs: Readonly<Record<string, (log: Log) => Promise<unknown>>> = {
  'awaiting values': async (log) => {
    log('before');
    log(await 1);
    for (let i = 0; i < 3; i++) {
      await undefined;
      log(i);
    }
  },
  'awaiting promises': async (log) => {
    log(await Promise.resolve('value'));
    let settle: (value: string) => void = nothing;
    const pending = new Promise<string>((resolve) => (settle = resolve));
    void Promise.resolve().then(() => {
      log('settles');
      settle('late');
    });
    log(await pending);
    try {
      await Promise.reject(new Error('boom'));
    } catch (error) {
      log((error as Error).message);
    }
  },
  'awaiting thenables': async (log) => {
    log(await thenable('value', () => log('then')));
    log(await thenable(thenable(1)));
    const odd = { then: 1 };
    log(((await odd) as unknown) === odd);
  },
  'returning values': async (log) => {
    const late = async (): Promise<number> => {
      await 0;
      return 1;
    };
    late().then(log, nothing);
    const atOnce = async (): Promise<number> => 2;
    atOnce().then(log, nothing);
    for (let i = 0; i < 4; i++) {
      await 0;
      log(`step ${i}`);
    }
  },
  'returning promises': async (log) => {
    const late = async (): Promise<number> => {
      await 0;
      return Promise.resolve(1);
    };
    const atOnce = async (): Promise<number> => Promise.resolve(2);
    const chained = async (): Promise<number> => atOnce();
    late().then(log, nothing);
    atOnce().then(log, nothing);
    chained().then(() => log('chained'), nothing);
    for (let i = 0; i < 9; i++) {
      await 0;
      log(`step ${i}`);
    }
  },
  throwing: async (log) => {
    const early = async (): Promise<void> => {
      throw new Error('early');
    };
    const late = async (): Promise<void> => {
      await 0;
      throw new Error('late');
    };
    early().catch(({ message }: Error) => log(message));
    late().catch(({ message }: Error) => log(message));
    for (let i = 0; i < 5; i++) {
      await 0;
      log(`step ${i}`);
    }
  },
  'then, catch, finally': async (log) => {
    Promise.resolve(1)
      .then((value) => log(`then ${value}`))
      .finally(() => log('finally'))
      .then(() => log('after'), nothing);
    Promise.reject(new Error('boom'))
      .catch(() => log('catch'))
      .then(() => Promise.resolve())
      .then(() => log('adopted'), nothing);
    for (let i = 0; i < 9; i++) {
      await 0;
      log(`step ${i}`);
    }
  },
  combinators: async (log) => {
    const part = async (name: string, turns: number): Promise<string> => {
      for (let i = 0; i < turns; i++) await 0;
      log(name);
      return name;
    };
    log(await Promise.all([part('a', 3), part('b', 1), 'c']));
    log(await Promise.race([part('slow', 4), part('quick', 2)]));
    log(await Promise.all([]));
  },
  'async generators': async (log) => {
    async function* numbers(): AsyncGenerator<number> {
      log('start');
      yield 1;
      await 0;
      yield 2;
      log('end');
    }
    async function* outer(): AsyncGenerator<number> {
      yield* numbers();
    }
    for await (const n of outer()) log(n);
    for await (const n of [3, Promise.resolve(4)]) log(n);
  },
};
