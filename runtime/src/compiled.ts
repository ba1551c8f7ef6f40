// What rewritten code imports. Not for people: names and meanings change with the plugin.
export { asAsync, notConstructor, asyncMembers, toKey } from './async-shape.js';
export { combine } from './combinators.js';
export { failing, listen, listenBy, listening, showing } from './emitters.js';
export {
  addListener,
  removeListener,
  addListenerBy,
  addListenerHere,
  removeListenerHere,
  unlisten,
} from './event-targets.js';
export { eventOnce, eventsOn } from './events.js';
export { handlerFor, handlerOf } from './handlers.js';
export {
  adopt,
  adoptThrough,
  back,
  backInModule,
  begin,
  fulfil,
  refuse,
  end,
  enter,
  enterModule,
  pause,
  proceed,
  resume,
  resumeModule,
  run,
  runThrough,
  suspend,
  enterCreated,
  leaveFor,
} from './kernel/index.js';
export { members } from './members.js';
export { spawnInMethod } from './methods.js';
export { middleware } from './middleware.js';
export {
  catchRejection,
  finallySettled,
  newPromise,
  settledNow,
  chain,
  tryCall,
  withResolvers,
} from './promises.js';
export { promisified } from './promisify.js';
export { spawnArguments } from './rules.js';
export { sites } from './sites.js';
export { spawn, spawnAlike, spawnEach } from './spawn.js';
export { stages } from './stages.js';
export { steps, delegated, delegatedHere, created, restOf, stepByHand } from './steps.js';
export { newWorker, newChannel, post, postHere, received } from './threads/index.js';
export { asValue, bare } from './values.js';
