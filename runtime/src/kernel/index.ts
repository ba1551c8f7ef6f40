// The state of a realm and the functions over it. What else of the runtime is code over these.
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

export type { Cause } from './cause.js';
export type { AnyFunction } from './current.js';
export type { Frame } from './frame.js';
export type { WorkerThreads } from './start.js';
export type { Ending } from './strand.js';
export type { AnyToken, Carry, SlotCallbacks } from './token.js';
