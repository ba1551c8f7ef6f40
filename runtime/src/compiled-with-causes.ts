// The entry that instrumented code imports in builds with causes: the helpers of `compiled`. Those that spawn
// work, begin a strand or throw also note the site.
export * from './compiled.js';
export { checkContext, noteHandoff } from './causes/lost-context.js';
export { forMock } from './with-causes/mocks.js';
export {
  addListener,
  addListenerBy,
  addListenerHere,
  callFollowed,
  chainCatch,
  chain,
  spawnFailureListener,
  chainFinally,
  handlerFor,
  listen,
  listenBy,
  spawnListener,
  spawnMembers,
  removeListener,
  removeListenerHere,
  spawn,
  spawnAlike,
  spawnArguments,
  spawnEach,
  spawnInMethod,
  spawnStages,
  unlisten,
} from './with-causes/sited.js';
export {
  beginSync,
  noteCatch,
  noteModuleCatch,
  end,
  enter,
  enterCreated,
  enterWritten,
  newPromise,
  rejectSync,
  run,
  runKept,
  runSync,
  settleNow,
  noteThrow,
} from './with-causes/strands.js';
