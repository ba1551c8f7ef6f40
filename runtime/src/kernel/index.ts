import { shared } from '../realm.js';
import * as own from './own.js';
import { startHere } from './start.js';

export type { Cause } from './cause.js';
export type { AnyFunction } from './current.js';
export type { Frame } from './frame.js';
export type { WorkerThreads } from './start.js';
export type { Ending } from './strand.js';
export type { AnyToken, Carry, SlotCallbacks } from './token.js';

/**
 * The state of a realm and the functions over it, as one set: two copies of this package must not mix
 * theirs, so the first copy's are everybody's. All else of the runtime is code over these.
 */
const kernel = /* @__PURE__ */ shared('kernel', { ...own }, startHere);

export const {
  adopt,
  adoptedBy,
  adoptThrough,
  back,
  backInModule,
  begin,
  branch,
  callIn,
  callShort,
  carried,
  causedAt,
  causeHere,
  currentFrame,
  end,
  endingOf,
  enter,
  enterCreated,
  enterModule,
  enterSlot,
  failureFrame,
  frameOfEnding,
  frameOfPromise,
  fulfil,
  guarded,
  isEarly,
  isForeign,
  isNode,
  isNodeWorker,
  isWebWorker,
  joinEnding,
  joinFrames,
  leftByCreator,
  leaveFor,
  noteThrown,
  onCarrier,
  OUTSIDE,
  pause,
  proceed,
  react,
  refuse,
  register,
  rejecter,
  resume,
  resumeModule,
  run,
  runIn,
  runThrough,
  runWith,
  setCurrentFrame,
  settler,
  sharesPromises,
  spawnAt,
  START,
  stamp,
  stampNew,
  startsFrom,
  Strand,
  suspend,
  takenOver,
  takeStep,
  tellsOfFailures,
  Token,
  tokensWithCarry,
  workerThreads,
} = kernel;

export type Strand = own.Strand;
export type Token<T> = own.Token<T>;
