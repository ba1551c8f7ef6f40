// What rewritten code imports. Not for people: names and meanings change with the plugin.
export { asAsync, notConstructor, asyncMembers, toKey } from './callbacks/async-shape.js';
export { combine } from './promises/combinators.js';
export { failing, listen, listenBy, listening, showing } from './listeners/emitters.js';
export {
  addListener,
  removeListener,
  addListenerBy,
  addListenerHere,
  removeListenerHere,
  unlisten,
} from './listeners/event-targets.js';
export { eventOnce, eventsOn } from './listeners/once-and-on.js';
export { handlerFor, handlerOf } from './listeners/handlers.js';
export {
  adopt,
  adoptSync,
  back,
  backInModule,
  begin,
  resolveSync,
  rejectSync,
  end,
  enter,
  enterModule,
  pause,
  proceed,
  resume,
  resumeModule,
  run,
  runSync,
  suspend,
  enterCreated,
  leaveFor,
} from './kernel/index.js';
export { members } from './callbacks/objects-of-callbacks.js';
export { spawnInMethod } from './callbacks/methods-by-class.js';
export { middleware } from './callbacks/middleware.js';
export {
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  chain,
  tryCall,
  withResolvers,
} from './promises/chain.js';
export { promisified } from './promises/promisify.js';
export { spawnArguments } from './callbacks/rules.js';
export { logAt } from './causes/logged-at.js';
export { sites } from './causes/sites.js';
export { spawn, spawnAlike, spawnEach } from './callbacks/spawn.js';
export { stages } from './callbacks/pipeline-stages.js';
export {
  steps,
  delegated,
  delegatedHere,
  created,
  restOf,
  stepByHand,
} from './promises/for-await.js';
export { newWorker, newChannel, post, postHere, received } from './threads/index.js';
export { asValue, bare } from './callbacks/functions-as-values.js';
