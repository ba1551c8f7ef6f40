// The kernel's door: the state of a realm and the functions over it.
export { adopt, back, end, resume, run, suspend } from './activation.js';
export { callAs, methodOf } from './call-as-written.js';
export { callHere, callIn, callShort, isPlainlyHere, runIn } from './callbacks.js';
export { causedAt } from './cause.js';
export { joinEnding } from './endings.js';
export { quote, ThroughlineError } from './errors.js';
export {
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  isNode,
  noteThrown,
  tellsOfFailures,
} from './failures.js';
export { isForeign } from './foreign.js';
export { branch, guarded, joinFrames, OUTSIDE } from './frame.js';
export { enter, enterCreated, leaveFor, pause, proceed, takeStep } from './generators.js';
export { currentFrame, setCurrentFrame } from './here.js';
export { backInModule, enterModule, resumeModule } from './modules.js';
export { endingOf, stamp, stampNew } from './promise-stamp.js';
export { react } from './reactions.js';
export { isPromise, shared } from './realm.js';
export { enterSlot, runWith } from './set-slot.js';
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
export {
  adoptEnding,
  closeSettlement,
  endedStrand,
  endIn,
  isOpen,
  openReaction,
  openSettlement,
  settle,
  settleBy,
  waitFor,
} from './strand.js';
export { prepareForEngine, rejecter, resolver, wrapThenable } from './thenable.js';
export { onCarrier, register, Token, tokensWithCarry } from './token.js';
export { warn, warnOnce } from './warn.js';
export { adoptSync, begin, rejectSync, resolveSync, runSync } from './without-awaits.js';

export type { Cause } from './cause.js';
export type { RuntimeErrorCode } from './errors.js';
export type { Frame } from './frame.js';
export type { AnyFunction } from './here.js';
export type { WorkerThreads } from './start.js';
export type { Ending, Strand } from './strand.js';
export type { AnyToken, Carry, SlotCallbacks } from './token.js';
