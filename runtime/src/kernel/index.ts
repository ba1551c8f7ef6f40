// The entry of the kernel: the state of a realm and the functions over it.
export { asWritten, enterWritten } from './written.js';
export { adopt, resumeIfSuspended, end, resume, run, runKept, suspend } from './activation.js';
export { callAs, methodOf } from './call-as-written.js';
export { callHere, callIn, callShort, isPlainlyHere, runIn } from './callbacks.js';
export { extendCause } from './cause.js';
export { bindFrame, closeBridge, openBridge } from './engine-storage.js';
export { joinEnding } from './endings.js';
export { quote, ThroughlineError } from './errors.js';
export {
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  madeHere,
  isNode,
  noteThrown,
  isFailureEvent,
} from './failures.js';
export { isForeign } from './foreign.js';
export { branch, callGuarded, isEmpty, joinFrames, OUTSIDE } from './frame.js';
export {
  enter,
  enterCreated,
  leaveAtYield,
  pause,
  pauseAtYield,
  proceed,
  takeStep,
} from './generators.js';
export { currentFrame, setCurrentFrame, strandFrame } from './current.js';
export { resumeModuleIfSuspended, enterModule, resumeModule } from './modules.js';
export { endingOf, stamp, stampNew } from './promise-stamp.js';
export { react, reactionOf } from './reactions.js';
export { first, held, hold } from './hold.js';
export { lazyWork } from './lazy-work.js';
export { messageFrames } from './message-frames.js';
export { isPromise, shared } from './realm.js';
export { enterSlot, runWith } from './set-slot.js';
export { causeHere, spawnAt } from './spawned-at.js';
export { isEarly, isNodeWorker, recordOfCreator, START, workerThreads } from './node-thread.js';
export { isWebWorker, changeStartFrame } from './start.js';
export {
  adoptEnding,
  closeSettlement,
  endedStrand,
  endIn,
  isOpen,
  openReaction,
  openSettlement,
  replaceAdopted,
  settle,
  settleBy,
  waitFor,
} from './strand.js';
export { prepareForEngine, rejecter, resolver, wrapThenable } from './thenable.js';
export { hasFactory, onCarriedSlot, register, Token, tokensWithCarry } from './token.js';
export { warn, warnOnce } from './warn.js';
export { withFirst } from './with-first.js';
export { adoptSync, beginSync, rejectSync, resolveSync, runSync } from './without-awaits.js';

export type { Cause } from './cause.js';
export type { RuntimeErrorCode } from './errors.js';
export type { Frame } from './frame.js';
export type { AnyFunction, AnyMethod } from './here.js';
export type { Reaction } from './reactions.js';
export type { WorkerThreads } from './node-thread.js';
export type { Ending, Strand } from './strand.js';
export type { AnyToken, Carry, SlotCallbacks } from './token.js';
export { classNames, isOwnClass, ownClass } from './own-classes.js';
