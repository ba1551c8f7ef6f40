// This copy's own functions over the current frame. Only kernel/index.ts imports them.
export { causedAt } from './cause.js';
export * from './current.js';
export { joinEnding } from './endings.js';
export {
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  isNode,
  noteThrown,
  tellsOfFailures,
} from './failures.js';
export { branch, guarded, joinFrames, OUTSIDE } from './frame.js';
export { endingOf, stamp, stampNew } from './promise-stamp.js';
export { rejecter, settler } from './settler.js';
export {
  isEarly,
  isNodeWorker,
  isWebWorker,
  leftByCreator,
  START,
  startsFrom,
  workerThreads,
} from './start.js';
export { Strand } from './strand.js';
export { carried, isForeign } from './thenable.js';
export { onCarrier, register, Token, tokensWithCarry } from './token.js';
