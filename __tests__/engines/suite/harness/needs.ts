// What an engine may lack. Asked of the engine itself, by code that is not compiled.
import { microtasks } from './uncompiled';

export interface Need {
  readonly what: string;
  readonly isHere: boolean | Promise<boolean>;
}

const scope = globalThis as unknown as Record<string, unknown>;

function global(name: string): Need {
  return { what: name, isHere: hasFunction(name) };
}
function hasFunction(name: string): boolean {
  return typeof scope[name] === 'function';
}
function ofPromise(name: string): Need {
  const own = (Promise as unknown as Record<string, unknown>)[name];
  return { what: `Promise.${name}`, isHere: typeof own === 'function' };
}

export const timeout = global('setTimeout');
export const interval = global('setInterval');
export const immediate = global('setImmediate');
export const nextTick: Need = {
  what: 'process.nextTick',
  isHere: typeof process === 'object' && typeof process.nextTick === 'function',
};
export const microtask = global('queueMicrotask');
export const animationFrame = global('requestAnimationFrame');
export const idleCallback = global('requestIdleCallback');
export const mutationObserver = global('MutationObserver');
export const messageChannel = global('MessageChannel');
export const eventTarget: Need = {
  what: 'EventTarget',
  isHere: hasFunction('EventTarget') && hasFunction('Event'),
};
export const captureListeners: Need = {
  what: 'listeners that capture',
  isHere: eventTarget.isHere === true && takesCapture(),
};
export const abortController = global('AbortController');
export const allSettled = ofPromise('allSettled');
export const any = ofPromise('any');
export const withResolvers = ofPromise('withResolvers');
export const promiseTry = ofPromise('try');

export const asyncIteratorSymbol: Need = {
  what: 'Symbol.asyncIterator',
  isHere: typeof (Symbol as { asyncIterator?: symbol }).asyncIterator === 'symbol',
};

/** Where async functions are lowered, or have no class of their own, nothing is left to look like. */
export const asyncFunctionClass: Need = {
  what: 'a class of async functions',
  isHere: isAsyncFunction(async () => {}),
};

/** Where methods and arrows are lowered, they are functions like others. */
export const notConstructors: Need = {
  what: 'functions that refuse new',
  isHere: refusesNew({ async method() {} }.method),
};

/** Engines with a `Promise` that is written in JavaScript call no `then` of a subclass, and count other ticks. */
export const nativePromise: Need = {
  what: 'a native Promise',
  isHere: Object.prototype.toString.call(Promise.resolve()) === '[object Promise]',
};

/** Hermes, and QuickJS as WebAssembly, which has no timers, have little stack for calls and for what they free. */
export const deepStack: Need = {
  what: 'a deep stack',
  isHere: nativePromise.isHere === true && timeout.isHere === true,
};

/** QuickJS goes on after the loop before the iterator has closed. */
export const closedLoops: Need = {
  what: 'for await that waits for return()',
  isHere: isClosedAfterBreak(),
};

/** In WebKitGTK 2.50 such a loop never goes on. */
export const rejectedValues: Need = {
  what: 'for await over a list with a value that rejects',
  isHere: seesRejectedValue(),
};

function isAsyncFunction(fn: () => unknown): boolean {
  return fn.constructor.name === 'AsyncFunction';
}

function refusesNew(fn: unknown): boolean {
  try {
    return new (fn as new () => unknown)() === undefined;
  } catch {
    return true;
  }
}

async function isClosedAfterBreak(): Promise<boolean> {
  let isClosed = false;
  async function* steps(): AsyncGenerator<number> {
    try {
      yield 1;
    } finally {
      await null;
      isClosed = true;
    }
  }
  for await (const _ of steps()) break;
  return isClosed;
}

async function seesRejectedValue(): Promise<boolean> {
  let isSeen = false;
  const loop = async (): Promise<void> => {
    for await (const _ of [Promise.reject(new Error('boom'))]);
  };
  loop().catch(() => (isSeen = true));
  await microtasks(20);
  return isSeen;
}

function takesCapture(): boolean {
  try {
    new EventTarget().addEventListener('x', () => {}, { capture: true });
    return true;
  } catch {
    return false;
  }
}
