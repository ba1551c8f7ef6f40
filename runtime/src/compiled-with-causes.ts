// What rewritten code imports in builds with causes: the helpers of `compiled`, of which those that hand work
// over, begin a strand or throw also note at which site that is.
export * from './compiled.js';
export { checkContext, noteHandoff } from './causes/lost-context.js';
export {
  addListener,
  addListenerBy,
  addListenerHere,
  catchRejection,
  chain,
  failing,
  finallySettled,
  handlerFor,
  listen,
  listenBy,
  listening,
  members,
  removeListener,
  removeListenerHere,
  spawn,
  spawnAlike,
  spawnArguments,
  spawnEach,
  spawnInMethod,
  stages,
  unlisten,
} from './with-causes/sited.js';
export {
  begin,
  caught,
  end,
  enter,
  enterCreated,
  newPromise,
  rejectSync,
  run,
  runSync,
  settledNow,
  thrown,
} from './with-causes/strands.js';
