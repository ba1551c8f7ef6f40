// The entry that instrumented code imports. Not a public API: names and meanings change with the plugin.
export {
  asyncMember,
  markAsync,
  notConstructorError,
  markAsyncMembers,
  markAsyncMethods,
  toKey,
} from './callbacks/async-shape.js';
export { combine } from './promises/combinators.js';
export {
  spawnFailureListener,
  listen,
  listenBy,
  spawnListener,
  exposeListeners,
  rawListeners,
  unlisten,
} from './listeners/emitters.js';
export {
  addListener,
  removeListener,
  addListenerBy,
  addListenerHere,
  removeListenerHere,
  shownListeners,
} from './listeners/event-targets.js';
export { eventOnce, eventsOn } from './listeners/once-and-on.js';
export { callThrough } from './callbacks/call-through.js';
export { handlerFor, handlerOf } from './listeners/handlers.js';
export {
  adopt,
  adoptSync,
  resumeIfSuspended,
  resumeModuleIfSuspended,
  beginSync,
  resolveSync,
  rejectSync,
  end,
  enter,
  enterModule,
  first,
  held,
  hold,
  madeHere,
  ownClass,
  pause,
  pauseAtYield,
  proceed,
  resume,
  resumeModule,
  run,
  runKept,
  runSync,
  suspend,
  enterCreated,
  enterWritten,
  asWritten,
  leaveAtYield,
} from './kernel/index.js';
export { refresh } from './callbacks/timers.js';
export { spawnMembers } from './callbacks/objects-of-callbacks.js';
export { spawnInMethod } from './callbacks/methods-by-class.js';
export { middleware } from './callbacks/middleware.js';
export { chain } from './promises/chain.js';
export { chainCatch, chainFinally } from './promises/catch-and-finally.js';
export { newPromise, settleNow, tryCall, withResolvers } from './promises/new-promise.js';
export {
  closeUsing,
  disposeNext,
  failUsing,
  openUsing,
  useAsync,
  useSync,
} from './promises/usings.js';
export { callFollowed, fetchHere, tracePromiseHere } from './promises/followed-calls.js';
export { libraryClass, usesModule } from './promises/library-classes.js';
export { fromAsync } from './promises/from-async.js';
export { callPromisify } from './promises/promisify.js';
export { spawnArguments } from './callbacks/rules.js';
export { logAt } from './causes/logged-at.js';
export { sites } from './causes/sites.js';
export { spawn, spawnAlike, spawnEach } from './callbacks/spawn.js';
export { spawnStages } from './callbacks/pipeline-stages.js';
export {
  steps,
  delegateSteps,
  delegateStepsHere,
  creationFrame,
  restOf,
  stepByHand,
} from './promises/for-await.js';
export { newWorker, newChannel, post, postHere, receiveMessage } from './threads/index.js';
export { asValue, unwrapValue } from './callbacks/functions-as-values.js';
