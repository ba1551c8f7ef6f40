// Libraries that the plugin never sees, and that call back from a later turn.
import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';

type Work<T> = () => T | PromiseLike<T>;

function settled<T>(schedule: (run: () => void) => unknown, work: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    schedule(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

export const later = {
  microtask: <T>(work: Work<T>): Promise<T> => settled(queueMicrotask, work),
  tick: <T>(work: Work<T>): Promise<T> => settled(process.nextTick, work),
  timer: <T>(work: Work<T>): Promise<T> => settled((run) => setTimeout(run, 1), work),
  chain: <T>(work: Work<T>): Promise<T> =>
    Promise.resolve()
      .then(() => {})
      .then(work),
  async awaited<T>(work: Work<T>): Promise<T> {
    await null;
    return work();
  },
  emit: (emitter: EventEmitter, name: string): boolean => emitter.emit(name),
};

/** Calls back from native code. */
export function onRandomBytes<T>(work: Work<T>): Promise<T> {
  return settled((run) => randomBytes(16, run), work);
}

const queue: (() => Promise<unknown>)[] = [];
let draining = false;

/** Runs work one after the other, in the turn of whoever came first. */
export function throughQueue<T>(work: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    queue.push(async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error as Error);
      }
    });
    void drain();
  });
}

async function drain(): Promise<void> {
  if (draining) return;
  draining = true;
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    await new Promise((resolve) => setImmediate(resolve));
    void job();
  }
  draining = false;
}

/** A pool that gives a free connection to whoever waits, and calls back a turn later. */
export class ConnectionPool {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async query<T>(work: Work<T>): Promise<T> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
    return work();
  }
}

type Listener = (...args: unknown[]) => void;

/** Replaces an emitter's methods by ones that hand on wrappers, and find them by the listener. */
export function patchEmitter(emitter: EventEmitter): EventEmitter {
  const { on, removeListener } = emitter;
  const wrappers = new WeakMap<Listener, Listener[]>();
  function add(this: EventEmitter, name: string, listener: Listener): EventEmitter {
    const wrapper: Listener = (...args) => listener.apply(this, args);
    wrappers.set(listener, [...(wrappers.get(listener) ?? []), wrapper]);
    return on.call(this, name, wrapper);
  }
  function remove(this: EventEmitter, name: string, listener: Listener): EventEmitter {
    return removeListener.call(this, name, wrappers.get(listener)?.pop() ?? listener);
  }
  return Object.assign(emitter, { on: add, addListener: add, removeListener: remove, off: remove });
}
