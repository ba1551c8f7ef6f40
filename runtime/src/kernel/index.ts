// The state of a realm and the functions over it. What else of the runtime is code over these.
export { adopt, adoptedBy, back, end, resume, run, suspend, takenOver } from './activation.js';
export { callHere, callIn, callShort, isPlainlyHere, react, runIn } from './callbacks.js';
export { causedAt } from './cause.js';
export { joinEnding } from './endings.js';
export {
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  isNode,
  noteThrown,
  tellsOfFailures,
} from './failures.js';
export { enter, enterCreated, leaveFor, pause, proceed, takeStep } from './generators.js';
export { currentFrame, setCurrentFrame } from './here.js';
export { backInModule, enterModule, resumeModule } from './modules.js';
export { branch, guarded, joinFrames, OUTSIDE } from './frame.js';
export { endingOf, stamp, stampNew } from './promise-stamp.js';
export { enterSlot, runWith } from './set-slot.js';
export { rejecter, settler } from './settler.js';
export { causeHere, spawnAt } from './spawned-at.js';
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
export { adoptThrough, begin, fulfil, refuse, runThrough } from './without-awaits.js';

export type { Cause } from './cause.js';
export type { AnyFunction } from './here.js';
export type { Frame } from './frame.js';
export type { WorkerThreads } from './start.js';
export type { Ending } from './strand.js';
export type { AnyToken, Carry, SlotCallbacks } from './token.js';
