import type { SpawnPointKind } from './options.js';

/** A function that is handed callbacks to run later: `setTimeout(callback)`. */
export interface CallbackCall {
  readonly kind: SpawnPointKind;
  /** Which arguments are callbacks, from 0. */
  readonly callbacks: readonly number[];
}

/** A function whose whole call goes through a helper, which is handed receiver and method too. */
export interface HelperCall {
  readonly kind: SpawnPointKind;
  readonly helper: HelperName;
}

/** Everything that instrumented code may import from the runtime. */
export type HelperName =
  | 'adopt'
  | 'adoptThrough'
  | 'back'
  | 'begin'
  | 'fulfil'
  | 'refuse'
  | 'backInModule'
  | 'end'
  | 'enter'
  | 'pause'
  | 'proceed'
  | 'resumeModule'
  | 'enterModule'
  | 'chain'
  | 'delegated'
  | 'stepByHand'
  | 'notConstructor'
  | 'resume'
  | 'run'
  | 'runThrough'
  | 'suspend'
  | 'asAsync'
  | 'asyncMembers'
  | 'toKey'
  | 'steps'
  | 'sites'
  | 'combine'
  | 'catchRejection'
  | 'finallySettled'
  | 'newPromise'
  | 'settledNow'
  | 'tryCall'
  | 'withResolvers'
  | 'listen'
  | 'addListener'
  | 'removeListener'
  | 'spawn'
  | 'spawnArguments';

const first = [0];

/** Global functions, by name. A dot names a member of a global object. */
export const globalCalls: Readonly<Record<string, CallbackCall>> = {
  setTimeout: { kind: 'timer', callbacks: first },
  setInterval: { kind: 'timer', callbacks: first },
  setImmediate: { kind: 'timer', callbacks: first },
  requestAnimationFrame: { kind: 'timer', callbacks: first },
  requestIdleCallback: { kind: 'timer', callbacks: first },
  'scheduler.postTask': { kind: 'timer', callbacks: first },
  queueMicrotask: { kind: 'microtask', callbacks: first },
  'process.nextTick': { kind: 'microtask', callbacks: first },
};

/** Exports of modules, by module (without `node:`) and name. */
export const moduleCalls: Readonly<Record<string, Readonly<Record<string, CallbackCall>>>> = {
  timers: {
    setTimeout: globalCalls['setTimeout']!,
    setInterval: globalCalls['setInterval']!,
    setImmediate: globalCalls['setImmediate']!,
  },
  process: { nextTick: globalCalls['process.nextTick']! },
};

/** Arguments that tell a function of ours where it was called, by module and name. */
export const siteArguments: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '@throughline/runtime/xtrace': { log: 2 },
};

/** Static methods of the global `Promise`. */
export const promiseStatics: Readonly<Record<string, HelperCall>> = {
  resolve: { kind: 'promise', helper: 'settledNow' },
  reject: { kind: 'promise', helper: 'settledNow' },
  all: { kind: 'promise', helper: 'combine' },
  allSettled: { kind: 'promise', helper: 'combine' },
  race: { kind: 'promise', helper: 'combine' },
  any: { kind: 'promise', helper: 'combine' },
  withResolvers: { kind: 'promise', helper: 'withResolvers' },
  try: { kind: 'promise', helper: 'tryCall' },
};

/** Methods that are known by name only. The helper looks at the receiver when the call is made. */
export const methodCalls: Readonly<Record<string, HelperCall>> = {
  then: { kind: 'promise', helper: 'chain' },
  catch: { kind: 'promise', helper: 'catchRejection' },
  finally: { kind: 'promise', helper: 'finallySettled' },
  next: { kind: 'async', helper: 'stepByHand' },
  on: { kind: 'listener', helper: 'listen' },
  addListener: { kind: 'listener', helper: 'listen' },
  once: { kind: 'listener', helper: 'listen' },
  prependListener: { kind: 'listener', helper: 'listen' },
  prependOnceListener: { kind: 'listener', helper: 'listen' },
  addEventListener: { kind: 'listener', helper: 'addListener' },
  removeEventListener: { kind: 'listener', helper: 'removeListener' },
};

/** Names of the global object. */
export const globalObjects: ReadonlySet<string> = new Set([
  'globalThis',
  'window',
  'self',
  'global',
]);

/** What earlier passes leave behind when they lower async functions. */
export const loweringHelpers: ReadonlySet<string> = new Set([
  'asyncToGenerator',
  '_asyncToGenerator',
  '__awaiter',
  '_async_to_generator',
]);
